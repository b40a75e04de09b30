-- audit: a two-way total is within a factor of 3 of the exports and imports that any publisher gives for the pair, from either side
-- table: core.trade_flow
-- note: the widest real distance is 1.7 (the Netherlands and Russia, 2017): goods pass through ports
with
flows as (
    select
        source, frequency, period_start, is_partial, reporter, partner_iso3, sum(value_usd) as flows_usd
    from core.trade_flow
    where is_current and flow <> 'total'
    group by source, frequency, period_start, is_partial, reporter, partner_iso3
    having count(distinct flow) = 2
)
select concat_ws(' ', t.source, t.frequency, t.period_start, t.reporter, t.partner_iso3) as at,
    t.value_usd as total_usd, f.source as compared_with, f.reporter as reported_by, f.flows_usd
from core.trade_flow as t
join flows as f
    on f.frequency = t.frequency and f.period_start = t.period_start and f.is_partial = t.is_partial
    and ((f.reporter = t.reporter and f.partner_iso3 = t.partner_iso3) or (f.reporter = t.partner_iso3 and f.partner_iso3 = t.reporter))
where t.is_current and t.flow = 'total' and greatest(t.value_usd, f.flows_usd) > 3 * least(t.value_usd, f.flows_usd)
