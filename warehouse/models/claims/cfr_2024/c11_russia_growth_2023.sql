-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: the Russian economy, which grew by 3.6 percent in 2023
-- claim: Russia's economy grew 3.6 per cent in 2023.
-- rule: The newest estimate known on the day, forecasts aside, is within 0.05 points of 3.6. If it is not, but the newest estimate known on
--   the article's day is, the verdict is revised.
-- claimed: 3.6 %
-- searched: economy_indicator
with
estimates as (
    select value, publisher, known_on, evidence_id, is_current
    from core.economy_indicator
    where iso3 = 'RUS' and year = 2023 and indicator = 'gdp_growth_pct' and not is_forecast
),
newest as (
    from estimates
    qualify row_number() over (order by is_current desc, known_on desc, publisher, evidence_id) = 1
),
on_its_day as (
    from estimates
    where known_on <= getvariable('said_on')
    qualify row_number() over (order by known_on desc, is_current desc, publisher, evidence_id) = 1
),
one as (
    select n.*, d.value as value_then, d.evidence_id as evidence_then
    from (select 1)
    left join newest as n on true
    left join on_its_day as d on true
)
select
    printf('%s %% (%s, %s)', round(value, 2)::varchar, publisher, known_on::varchar) as value_found,
    case
        when value is null then 'not decidable'
        when abs(value - 3.6) < 0.05 then 'holds'
        when abs(value_then - 3.6) < 0.05 then 'revised'
        else 'does not hold'
    end as verdict,
    list_sort(list_distinct(list_filter([evidence_id, evidence_then], lambda e: e is not null))) as evidence
from one
