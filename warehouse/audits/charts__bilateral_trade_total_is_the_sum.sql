-- audit: a two-way total is the sum of its directions within 1 percent, if both are given
-- table: charts.bilateral_trade
select
    concat_ws(' ', dyad, frequency, period_start, basis) as at,
    any_value(two_way_total_usd) as two_way_total_usd,
    sum(value_usd) as directions_usd
from charts.bilateral_trade
group by dyad, frequency, period_start, basis
having count(value_usd) = 2
    and (bool_or(two_way_total_usd is null) or abs(sum(value_usd) - max(two_way_total_usd)) > 0.01 * max(two_way_total_usd)
        or min(two_way_total_usd) <> max(two_way_total_usd))
