-- What did China sell Russia in 2021 and in 2023, by product group, and what grew most?
select
    product_group,
    round(sum(value_usd) filter (where year = 2021) / 1e9, 1) as bn_usd_2021,
    round(sum(value_usd) filter (where year = 2023) / 1e9, 1) as bn_usd_2023,
    round(sum(value_usd) filter (where year = 2023) / sum(value_usd) filter (where year = 2021), 1) as times,
    round(sum(share_pct) filter (where year = 2021), 1) as share_2021_pct,
    round(sum(share_pct) filter (where year = 2023), 1) as share_2023_pct
from charts.trade_composition
where dyad = 'CHN-RUS' and exporter = 'CHN'
group by product_group
order by bn_usd_2023 - bn_usd_2021 desc;
