-- How much did the two states trade each year, in the headline series, and which series is that?
select
    year(period_start) as year,
    round(sum(value_usd) filter (where exporter = 'CHN') / 1e9, 1) as from_china_bn_usd,
    round(sum(value_usd) filter (where exporter = 'RUS') / 1e9, 1) as from_russia_bn_usd,
    round(any_value(two_way_total_usd) / 1e9, 1) as two_way_bn_usd,
    any_value(basis) as basis,
    bool_or(is_partial) as is_partial
from charts.bilateral_trade
where dyad = 'CHN-RUS' and frequency = 'annual' and is_headline
group by year(period_start)
order by year;
