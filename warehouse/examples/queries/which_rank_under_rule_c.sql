-- Which place did each state hold among the other's partners, year by year, with the EU and ASEAN counted as one partner each (rule C)?
select
    year,
    any_value(rank) filter (where country = 'CHN') as rank_of_russia,
    any_value(partner_count) filter (where country = 'CHN') as of_partners_of_china,
    any_value(rank) filter (where country = 'RUS') as rank_of_china,
    any_value(partner_count) filter (where country = 'RUS') as of_partners_of_russia,
    bool_or(is_mirror) as is_mirror
from charts.trade_dependence
where dyad = 'CHN-RUS' and rule = 'C'
group by year
order by year;
