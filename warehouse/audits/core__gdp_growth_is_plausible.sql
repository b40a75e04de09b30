-- audit: growth of GDP lies between -60 and 60 percent
-- table: core.economy_indicator
select concat_ws(' ', iso3, year, indicator, evidence_id) as at, value
from core.economy_indicator
where indicator = 'gdp_growth_pct' and value not between -60 and 60
