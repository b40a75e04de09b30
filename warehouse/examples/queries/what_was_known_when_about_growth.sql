-- What had been published on Russia's growth in 2022 to 2024, by whom and when?
select i.year, i.known_on, round(i.value, 2) as growth_pct, i.is_forecast, i.is_current, i.publisher, e.title
from core.economy_indicator as i
join core.evidence as e on e.evidence_id = i.evidence_id  -- one: its key
where i.iso3 = 'RUS' and i.indicator = 'gdp_growth_pct' and i.year between 2022 and 2024
order by i.year, i.known_on;
