-- Which place did each state hold among the other's trading partners in 2023, under each counting rule?
select country, partner, rule, rank, partner_count, round(share_pct, 2) as share_pct, is_mirror
from charts.trade_dependence
where dyad = 'CHN-RUS' and year = 2023 and rank is not null
order by country, rule;
