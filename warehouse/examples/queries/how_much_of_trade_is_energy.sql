-- Which share of what Russia sells China is energy, year by year?
select
    year,
    round(sum(share_pct), 1) as energy_share_pct,
    round(sum(value_usd) / 1e9, 1) as energy_bn_usd  -- values only: net weights of gas and coal are not reliable
from charts.trade_composition
where dyad = 'CHN-RUS' and exporter = 'RUS' and product_group = 'energy'
group by year
order by year;
