-- How lopsided is the dependence: which share of each state's trade is with the other, and how many times larger is Russia's share?
select
    year,
    round(max(share_pct) filter (where country = 'CHN'), 1) as russia_in_chinas_trade_pct,
    round(max(share_pct) filter (where country = 'RUS'), 1) as china_in_russias_trade_pct,
    round(max(share_pct) filter (where country = 'RUS') / max(share_pct) filter (where country = 'CHN'), 1) as times_larger,
    bool_or(is_mirror) as is_mirror
from charts.trade_dependence
where dyad = 'CHN-RUS' and rule = 'A' and is_headline  -- the share is the same under every rule; the headline rests on the country's own reports
group by year
order by year;
