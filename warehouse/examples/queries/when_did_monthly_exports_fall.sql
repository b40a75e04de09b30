-- In which months since 2022 did China's exports to Russia fall below the same month a year before?
select
    period_start as month,
    round(value_usd / 1e9, 2) as bn_usd,
    round(change_pct, 1) as change_pct,  -- against the same month on the same basis; if that month is missing, there is no rate
    basis
from charts.bilateral_trade
where dyad = 'CHN-RUS' and frequency = 'monthly' and exporter = 'CHN' and is_headline
    and period_start >= date '2022-01-01' and change_pct < 0
order by month;
