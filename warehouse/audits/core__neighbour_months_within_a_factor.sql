-- audit: a month is within a factor of 4 of the month before it, if one of them exceeds a billion dollars
-- table: core.trade_flow
-- note: the largest real step is a factor of 2.8, over a Chinese New Year
select concat_ws(' ', b.source, b.period_start, b.reporter, b.partner_iso3, b.flow) as at, b.value_usd, a.value_usd as month_before_usd
from core.trade_flow as a
join core.trade_flow as b
    on b.source = a.source and b.reporter = a.reporter and b.partner_iso3 = a.partner_iso3 and b.flow = a.flow and b.is_current
    and b.frequency = 'monthly' and b.period_start = (a.period_start + interval 1 month)::date
where a.frequency = 'monthly' and a.is_current and greatest(a.value_usd, b.value_usd) > 1e9
    and greatest(a.value_usd, b.value_usd) > 4 * least(a.value_usd, b.value_usd)
