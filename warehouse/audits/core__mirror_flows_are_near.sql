-- audit: above a billion dollars, one state's exports are within a factor of 100 of what the other reports as imports, and not much
--   further apart than in the other periods that both report
-- table: core.trade_flow
-- note: not much further: at most 5 times the second largest factor between the two if they share four to seven periods, 2.5 times if they
--   share eight or more. The largest real factor is 61 (Bahamas, 2015), the largest real ratios are 3.5 (Libya, 2016) and 1.9 (Kuwait,
--   2022): goods that pass through a third port are recorded by one side alone. China and Russia are at most a factor of 2.4 apart (2000)
with
mirrored as (
    select
        concat_ws(' ', a.source, a.frequency, a.period_start, a.reporter, a.partner_iso3) as place,
        a.value_usd as sold_usd, b.source as compared_with, b.value_usd as bought_usd,
        abs(ln(nullif(a.value_usd, 0) / nullif(b.value_usd, 0))) as distance,
        max(distance, 2) over one as widest_two, count(distance) over one as shared
    from core.trade_flow as a
    join core.trade_flow as b
        on b.reporter = a.partner_iso3 and b.partner_iso3 = a.reporter and b.flow = 'import' and b.frequency = a.frequency
        and b.period_start = a.period_start and b.is_partial = a.is_partial and b.is_current
    where a.is_current and a.flow = 'export' and greatest(a.value_usd, b.value_usd) > 1e9
    window one as (partition by a.source, b.source, a.frequency, a.reporter, a.partner_iso3)
)
select place as at, sold_usd, compared_with, bought_usd
from mirrored
where coalesce(distance > ln(100), true)
    or (shared >= 4 and distance > widest_two[2] + ln(if(shared >= 8, 2.5, 5)))
