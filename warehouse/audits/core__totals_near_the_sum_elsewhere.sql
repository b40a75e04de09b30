-- audit: a two-way total is within a factor of 2 of every sum of exports and imports that a publisher gives for the pair, from either
--   side; above 10 billion dollars, if there are two sums or more, it is within 10 percent of the nearest
-- table: core.trade_flow
-- note: the largest real factor is 1.7, for trade through ports (the Netherlands and Russia, 2017); the largest real difference from the
--   nearest sum is 5.3 percent (Russia's customs, 2023)
with
flows as (
    select
        source, frequency, period_start, is_partial, reporter, partner_iso3, sum(value_usd) as flows_usd
    from core.trade_flow
    where is_current and flow <> 'total'
    group by source, frequency, period_start, is_partial, reporter, partner_iso3
    having count(distinct flow) = 2
),
compared as (
    select
        concat_ws(' ', t.source, t.frequency, t.period_start, t.reporter, t.partner_iso3) as place,
        t.value_usd as total_usd, f.source as compared_with, f.reporter as reported_by, f.flows_usd,
        greatest(t.value_usd, f.flows_usd) / nullif(least(t.value_usd, f.flows_usd), 0) as distance,
        min(distance) over one as nearest, count(*) over one as sum_count
    from core.trade_flow as t
    join flows as f
        on f.frequency = t.frequency and f.period_start = t.period_start and f.is_partial = t.is_partial
        and ((f.reporter = t.reporter and f.partner_iso3 = t.partner_iso3) or (f.reporter = t.partner_iso3 and f.partner_iso3 = t.reporter))
    where t.is_current and t.flow = 'total'
    window one as (partition by t.evidence_id)
)
select place as at, total_usd, compared_with, reported_by, flows_usd
from compared
where coalesce(distance, 3) > 2 or (sum_count > 1 and total_usd > 1e10 and distance = nearest and nearest > 1.1)
