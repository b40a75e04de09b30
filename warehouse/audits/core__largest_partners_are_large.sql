-- audit: in a list of the largest partners the last is at least a hundredth of the first
-- table: core.trade_flow
-- note: a list is at most fifty partners of a flow and year from one source; the widest real distance is 44 (RIA Novosti, 2023)
with
lists as (
    select *, count(*) over one as partner_count, max(value_usd) over one as largest_usd
    from core.trade_flow
    where frequency = 'annual' and is_current and partner_iso3 <> 'WLD' and source in (
        select unnest([export_source, import_source, total_source]) from raw.partner_table where not is_complete
    )
    window one as (partition by source, reporter, flow, period_start)
)
select concat_ws(' ', source, period_start, reporter, partner_iso3, flow) as at, value_usd, largest_usd
from lists
where partner_count between 5 and 50 and value_usd < largest_usd / 100
