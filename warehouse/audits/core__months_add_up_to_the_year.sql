-- audit: twelve months add up to every annual figure of the flow within 5 percent; eleven are one lost
-- table: core.trade_flow
-- note: the widest real distance is 1.9 percent, between publishers
with
months as (
    select source, reporter, partner_iso3, flow, year(period_start) as year, count(*) as month_count, sum(value_usd) as months_usd
    from core.trade_flow
    where frequency = 'monthly' and is_current
    group by source, reporter, partner_iso3, flow, year(period_start)
)
select concat_ws(' ', m.source, m.year, m.reporter, m.partner_iso3, m.flow) as at, m.month_count, m.months_usd, a.source as compared_with, a.value_usd
from months as m
join core.trade_flow as a
    on a.reporter = m.reporter and a.partner_iso3 = m.partner_iso3 and a.flow = m.flow and year(a.period_start) = m.year
    and a.frequency = 'annual' and a.is_current and not a.is_partial
where m.month_count in (11, 12) and m.months_usd not between 0.95 * a.value_usd and 1.05 * a.value_usd
