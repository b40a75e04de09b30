-- audit: an annual figure is within a factor of 100 of the year before on the same basis, if both exceed ten million dollars
-- table: core.trade_flow
-- note: the largest real step is a factor of 41 (Russia's exports to Barbados, 2011 to 2012); a unit of thousands read as units is a factor
--   of 1,000
with
annual as (
    select * from core.trade_flow where frequency = 'annual' and is_current and not is_partial
)
select
    concat_ws(' ', b.source, year(b.period_start), b.reporter, b.partner_iso3, b.flow) as at,
    b.value_usd,
    a.value_usd as value_usd_year_before
from annual as a
join annual as b
    on b.source = a.source and b.reporter = a.reporter and b.partner_iso3 = a.partner_iso3 and b.flow = a.flow
    and b.period_start = (a.period_start + interval 1 year)::date
where least(a.value_usd, b.value_usd) > 1e7 and greatest(a.value_usd, b.value_usd) > 100 * least(a.value_usd, b.value_usd)
