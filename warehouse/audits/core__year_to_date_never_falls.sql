-- audit: a figure for the year to date is at least that of any earlier month of the year, and at most twice that figure scaled by the
--   number of months
-- table: core.trade_flow
-- note: scaled: January to June is compared with twice January to March. The highest real figure is 1.21 times the scaled one
with
cumulative as (
    select
        *,
        max(value_usd) over earlier as earlier_usd,
        max_by(period_start, value_usd) over earlier as earlier_month
    from core.trade_flow
    where frequency = 'year_to_date' and is_current
    window earlier as (
        partition by source, reporter, partner_iso3, flow, year(period_start) order by period_start
        rows between unbounded preceding and 1 preceding
    )
)
select concat_ws(' ', source, period_start, reporter, partner_iso3, flow) as at, value_usd, earlier_month, earlier_usd
from cumulative
where value_usd < earlier_usd or value_usd > 2 * earlier_usd * month(period_start) / month(earlier_month)
