-- audit: above a million dollars, two sources' figures of one flow are within a factor of 3; above a billion they are within a factor of
--   1.3 (two-way totals: 1.7), and not much further apart than in the other periods that both give
-- table: core.trade_flow
-- note: the largest real factors are 2.05
--   (imports from Panama, 2014), 1.23 (from Ghana, 2014) and 1.58 (Russia and Hong Kong, 2023). Not much further: if
--   both give four periods or more, at most 4 percent beyond twice the second largest difference; in real data at most 3.5 percent
--   beyond it (China's imports, 2015)
with
pairs as (
    select
        concat_ws(' ', a.source, a.frequency, a.period_start, a.reporter, a.partner_iso3, a.flow) as place, a.flow,
        a.value_usd, b.source as compared_with, b.value_usd as compared_usd, greatest(a.value_usd, b.value_usd) as larger_usd,
        abs(ln(nullif(a.value_usd, 0) / nullif(b.value_usd, 0))) as distance,
        max(distance, 2) over one as widest_two, count(distance) over one as shared
    from core.trade_flow as a
    join core.trade_flow as b
        on b.source > a.source and b.frequency = a.frequency and b.period_start = a.period_start and b.reporter = a.reporter
        and b.partner_iso3 = a.partner_iso3 and b.flow = a.flow and b.is_partial = a.is_partial and b.is_current
    where a.is_current
    window one as (partition by a.source, b.source, a.frequency, a.reporter, a.partner_iso3, a.flow)
)
select place as at, value_usd, compared_with, compared_usd
from pairs
where (larger_usd > 1e6 and coalesce(distance, larger_usd) > ln(3))
    or (larger_usd > 1e9 and distance > ln(if(flow = 'total', 1.7, 1.3)))
    or (larger_usd > 1e9 and shared >= 4 and distance > 2 * widest_two[2] + 0.04)
