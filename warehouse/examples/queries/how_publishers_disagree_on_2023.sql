-- How far apart are the published totals of two-way trade in 2023?
select
    basis,
    is_headline,
    round(two_way_total_usd / 1e9, 2) as two_way_bn_usd,
    round(100 * (two_way_total_usd / max(two_way_total_usd) filter (where is_headline) over () - 1), 2) as from_headline_pct
from (
    select distinct basis, is_headline, two_way_total_usd  -- the total is on the rows of both directions of a basis
    from charts.bilateral_trade
    where dyad = 'CHN-RUS' and frequency = 'annual' and period_start = date '2023-01-01' and two_way_total_usd is not null
)
order by two_way_bn_usd desc;
