-- audit: in a list of the largest partners no figure is below a hundredth of the largest
-- table: core.trade_flow
-- note: such a list has 5 to 50 partners of a flow and year from one source; the largest real factor is 44 (RIA Novosti, 2023)
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
