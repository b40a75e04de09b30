-- audit: GDP, exchange rate and growth move within bounds from year to year, growth is within 2 points of other publishers' figures, and
--   growth, prices and exchange rate explain the change of GDP in dollars
-- table: core.economy_indicator
-- note: bounds from year to year: a factor of 2 for GDP, of 10 for the exchange rate, 30 points for growth; the largest real moves are 1.5,
--   5 and 22, the largest real difference between publishers 1.2 points. The explanation is within a factor of 1.5 if inflation is below 50
--   percent (largest real 1.35: China, 1994), and of 5 above (3.3)
with
figures as (
    select * from core.economy_indicator where not is_forecast
),
years as (
    select
        iso3, year,
        any_value(value) filter (where indicator = 'gdp_usd') as gdp_usd,
        any_value(value) filter (where indicator = 'gdp_growth_pct' and is_current) as growth_pct,
        any_value(value) filter (where indicator = 'inflation_cpi_pct') as inflation_pct,
        any_value(value) filter (where indicator = 'exchange_rate_lcu_per_usd') as rate
    from figures
    group by iso3, year
),
explained as (
    select
        b.iso3, b.year, b.inflation_pct, b.gdp_usd / a.gdp_usd as found,
        (1 + b.growth_pct / 100) * (1 + b.inflation_pct / 100) * a.rate / b.rate as expected
    from years as a
    join years as b on b.iso3 = a.iso3 and b.year = a.year + 1
)
select concat_ws(' ', b.iso3, b.year, b.indicator, b.evidence_id) as at, b.value, 'year before' as compared_with, a.value as compared
from figures as a
join figures as b on b.iso3 = a.iso3 and b.indicator = a.indicator and b.year = a.year + 1
where b.indicator in ('gdp_usd', 'exchange_rate_lcu_per_usd') and greatest(a.value, b.value) > if(b.indicator = 'gdp_usd', 2, 10) * least(a.value, b.value)
union all
select concat_ws(' ', a.iso3, a.year, a.indicator, a.evidence_id), a.value, b.evidence_id, b.value
from core.economy_indicator as a
join core.economy_indicator as b on b.iso3 = a.iso3 and b.indicator = a.indicator and b.year = a.year and b.evidence_id > a.evidence_id
where a.indicator = 'gdp_growth_pct' and abs(a.value - b.value) > 2
union all
select concat_ws(' ', b.iso3, b.year, b.indicator, b.evidence_id), b.value, 'year before', a.value
from figures as a
join figures as b on b.iso3 = a.iso3 and b.indicator = a.indicator and b.year = a.year + 1 and a.is_current and b.is_current
where a.indicator = 'gdp_growth_pct' and abs(a.value - b.value) > 30
union all
select concat_ws(' ', iso3, year, 'gdp_usd'), found, 'growth, prices and exchange rate', expected
from explained
where greatest(found, expected) > if(inflation_pct < 50, 1.5, 5) * least(found, expected)
