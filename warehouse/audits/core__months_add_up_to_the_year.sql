-- audit: a flow's twelve months add up to its annual figure within 0.1 percent if one source gives both, and within 3 percent if another
--   source gives the annual figure
-- table: core.trade_flow
-- note: a series of eleven months is compared too, so that a lost month is found. The annual figure is the source's own; if it has none,
--   the months are compared with every other source's. Within a source no real year differs by a dollar; between two the largest real
--   difference is 1.9 percent
with
months as (
    select source, reporter, partner_iso3, flow, year(period_start) as year, count(*) as month_count, sum(value_usd) as months_usd
    from core.trade_flow
    where frequency = 'monthly' and is_current
    group by source, reporter, partner_iso3, flow, year(period_start)
),
compared as (
    select m.*, a.source as compared_with, a.value_usd, if(a.source = m.source, 0.001, 0.03) as tolerance
    from months as m
    join core.trade_flow as a
        on a.reporter = m.reporter and a.partner_iso3 = m.partner_iso3 and a.flow = m.flow and year(a.period_start) = m.year
        and a.frequency = 'annual' and a.is_current and not a.is_partial
    where m.month_count in (11, 12)
    qualify a.source = m.source or not bool_or(a.source = m.source) over (partition by m.source, m.reporter, m.partner_iso3, m.flow, m.year)
)
select concat_ws(' ', source, year, reporter, partner_iso3, flow) as at, month_count, months_usd, compared_with, value_usd
from compared
where abs(months_usd - value_usd) > tolerance * value_usd
