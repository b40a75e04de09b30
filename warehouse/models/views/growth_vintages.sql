-- view: Every published figure of a country's GDP growth, oldest first, beside the one it replaced
-- iso3: ISO 3166-1 alpha-3 code of the country
-- country_name: English short name of the country
-- year: Calendar year of the growth
-- known_on: Day the figure became public
-- growth_pct: Growth of real GDP over the year before [%]
-- growth_before_pct: The figure of the same kind published before it; NULL for the first [%]
-- is_forecast: True if the figure was a forecast when published
-- is_current: True for the newest estimate, forecasts aside
-- publisher: Publisher of the document with the figure
-- title: Title of that document
-- url: Address of that document
-- evidence_id: Id of the figure in core.evidence
select
    i.iso3,
    c.name as country_name,
    i.year,
    i.known_on,
    i.value as growth_pct,
    lag(i.value) over (partition by i.iso3, i.year, i.is_forecast order by i.known_on, i.evidence_id) as growth_before_pct,
    i.is_forecast,
    i.is_current,
    i.publisher,
    e.title,
    e.url,
    i.evidence_id
from core.economy_indicator as i
join core.evidence as e on e.evidence_id = i.evidence_id  -- one: its key
join raw.country as c on c.iso3 = i.iso3  -- one: its key
where i.indicator = 'gdp_growth_pct'
