-- audit: a figure for the year to date is within 4 percent of the sum of each publisher's months, within 0.6 percent of the previous
--   month's figure for the year to date plus the month and, in December, within 0.1 percent of the annual figure
-- table: core.trade_flow
-- note: the largest real differences are 3.2 (March 2022), 0.39 (June 2023) and 0.004 percent (2023)
with
flows as (
    select source, reporter, partner_iso3, flow, frequency, period_start, value_usd, year(period_start) as year, month(period_start) as month
    from core.trade_flow
    where is_current and not (is_partial and frequency <> 'year_to_date')
),
months as (
    select *, sum(value_usd) over so_far as months_usd, count(*) over so_far as month_count
    from flows
    where frequency = 'monthly'
    window so_far as (partition by source, reporter, partner_iso3, flow, year order by month)
),
compared as (
    select c.*, 'the year' as compared_with, a.value_usd as compared_usd, 0.001 as tolerance
    from flows as c
    join flows as a using (source, reporter, partner_iso3, flow, year)
    where c.frequency = 'year_to_date' and c.month = 12 and a.frequency = 'annual'
    union all
    select c.*, 'the month and the figure before it', b.value_usd + m.value_usd, 0.006
    from flows as c
    join flows as b using (source, reporter, partner_iso3, flow, year, frequency)
    join months as m
        on m.source = c.source and m.reporter = c.reporter and m.partner_iso3 = c.partner_iso3 and m.flow = c.flow and m.period_start = c.period_start
    where c.frequency = 'year_to_date' and b.month = c.month - 1
    union all
    select c.*, 'the months of ' || m.source, m.months_usd, 0.04
    from flows as c
    join months as m using (reporter, partner_iso3, flow, period_start)
    where c.frequency = 'year_to_date' and m.month_count = m.month
)
select concat_ws(' ', source, period_start, reporter, partner_iso3, flow) as at, value_usd, compared_with, compared_usd
from compared
where abs(value_usd - compared_usd) > tolerance * compared_usd
