-- audit: an indicator stays near its neighbours and near the other publishers' figure of it
-- table: core.economy_indicator
-- note: the widest real distances: 1.5-fold for GDP and 5-fold for the exchange rate from year to year, 22 points of growth from year to year and 1.2 between publishers;
--   growth, prices and exchange rate explain GDP in dollars within a factor of 1.35 (China, 1994) if inflation is below 50 percent, and of 3.3 above
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
