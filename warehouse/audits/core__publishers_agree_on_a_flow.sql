-- audit: two publishers' figures of one flow are within a factor of 3 where one exceeds a million dollars
-- table: core.trade_flow
-- note: the widest real distance is 2.05 (imports from Panama in 2014, IMF DOTS and UN Comtrade)
select concat_ws(' ', a.source, a.frequency, a.period_start, a.reporter, a.partner_iso3, a.flow) as at,
    a.value_usd, b.source as compared_with, b.value_usd as compared_usd
from core.trade_flow as a
join core.trade_flow as b
    on b.source > a.source and b.frequency = a.frequency and b.period_start = a.period_start and b.reporter = a.reporter
    and b.partner_iso3 = a.partner_iso3 and b.flow = a.flow and b.is_partial = a.is_partial and b.is_current
where a.is_current and greatest(a.value_usd, b.value_usd) > 1e6
    and greatest(a.value_usd, b.value_usd) > 3 * least(a.value_usd, b.value_usd)
