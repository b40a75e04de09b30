-- By how much did two-way trade change each year, within one series?
with
years as (
    select distinct year(period_start) as year, basis, two_way_total_usd as usd  -- both directions of a year give its total
    from charts.bilateral_trade
    where dyad = 'CHN-RUS' and frequency = 'annual' and is_headline and two_way_total_usd is not null
)
select year, basis, round(usd / 1e9, 1) as bn_usd, round(100 * (usd / lag(usd) over (partition by basis order by year) - 1), 1) as change_pct
from years
order by year;
