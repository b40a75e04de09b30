-- audit: a current annual flow is within a factor of 6 of the median of all sources for the complete year before, and of that for the year
--   after, if the larger of the two exceeds 10 billion dollars (50 billion: a factor of 3); a flow of an incomplete year may be lower by a
--   further factor of 2
-- table: core.trade_flow
-- note: the largest real factors are 5.6 (China's imports from Myanmar in 2014, of jade) and 2.5 (China's imports from Switzerland in 2013,
--   of gold)
with
flows as (
    select source, reporter, partner_iso3, flow, year(period_start) as year, is_partial, value_usd
    from core.trade_flow
    where frequency = 'annual' and is_current
),
complete as (
    select reporter, partner_iso3, flow, year, median(value_usd) as value_usd from flows where not is_partial group by all
),
compared as (
    select
        f.source, f.reporter, f.partner_iso3, f.flow, f.year, f.value_usd, c.year as adjacent_year, c.value_usd as adjacent_usd,
        if(greatest(f.value_usd, c.value_usd) > 5e10, 3, 6) as factor, if(f.is_partial, 2, 1) as allowance
    from flows as f
    join complete as c
        on c.reporter = f.reporter and c.partner_iso3 = f.partner_iso3 and c.flow = f.flow and c.year in (f.year - 1, f.year + 1)
    where greatest(f.value_usd, c.value_usd) > 1e10
)
select concat_ws(' ', source, year, reporter, partner_iso3, flow) as at, value_usd, adjacent_year, adjacent_usd
from compared
where value_usd > factor * adjacent_usd or factor * allowance * value_usd < adjacent_usd
