-- audit: twelve months add up to the annual figure of the flow within 5 percent; eleven are one lost
-- table: core.trade_flow
-- note: compared with the publisher's own annual figure, or, if it has none, with every other publisher's; the widest real distance is 1.9 percent, between
--   publishers. A first count and a later one of different publishers may be further apart than that
with
months as (
    select source, reporter, partner_iso3, flow, year(period_start) as year, count(*) as month_count, sum(value_usd) as months_usd
    from core.trade_flow
    where frequency = 'monthly' and is_current
    group by source, reporter, partner_iso3, flow, year(period_start)
),
compared as (
    select m.*, a.source as compared_with, a.value_usd
    from months as m
    join core.trade_flow as a
        on a.reporter = m.reporter and a.partner_iso3 = m.partner_iso3 and a.flow = m.flow and year(a.period_start) = m.year
        and a.frequency = 'annual' and a.is_current and not a.is_partial
    where m.month_count in (11, 12)
    qualify a.source = m.source or not bool_or(a.source = m.source) over (partition by m.source, m.reporter, m.partner_iso3, m.flow, m.year)
)
select concat_ws(' ', source, year, reporter, partner_iso3, flow) as at, month_count, months_usd, compared_with, value_usd
from compared
where months_usd not between 0.95 * value_usd and 1.05 * value_usd
