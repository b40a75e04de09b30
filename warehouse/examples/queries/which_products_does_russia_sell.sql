-- What are the ten largest product chapters that Russia sold China in the newest year, and which share of its sales is each?
select c.year, c.hs_chapter, h.title, round(c.value_usd / 1e9, 2) as bn_usd, round(c.share_pct, 1) as share_pct
from charts.trade_composition as c
join raw.hs_chapter as h on h.hs_chapter = c.hs_chapter  -- one: its key
where c.dyad = 'CHN-RUS' and c.exporter = 'RUS' and c.year = (select max(year) from charts.trade_composition where dyad = 'CHN-RUS')
order by c.value_usd desc
limit 10;
