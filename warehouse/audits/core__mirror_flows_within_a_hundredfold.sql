-- audit: what one state says it sold and the other says it bought is within a factor of 100 where one exceeds a billion dollars
-- table: core.trade_flow
-- note: the widest real distance is 61; goods that pass through a third port are recorded by one side alone
select concat_ws(' ', a.source, a.frequency, a.period_start, a.reporter, a.partner_iso3) as at,
    a.value_usd as sold_usd, b.source as compared_with, b.value_usd as bought_usd
from core.trade_flow as a
join core.trade_flow as b
    on b.reporter = a.partner_iso3 and b.partner_iso3 = a.reporter and b.flow = 'import' and b.frequency = a.frequency
    and b.period_start = a.period_start and b.is_partial = a.is_partial and b.is_current
where a.is_current and a.flow = 'export' and greatest(a.value_usd, b.value_usd) > 1e9
    and greatest(a.value_usd, b.value_usd) > 100 * least(a.value_usd, b.value_usd)
