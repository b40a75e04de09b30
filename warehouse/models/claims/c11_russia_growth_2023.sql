-- dyad: CHN-RUS
-- claim: Russia's economy grew 3.6 per cent in 2023.
-- rule: The newest estimate known on the day, forecasts aside, lies within 0.05 points of 3.6. Estimates are revised, so the
--   verdict depends on the day.
-- claimed: 3.6 %
-- searched: economy_indicator
with
newest as (
    select value, publisher, known_on, evidence_id
    from core.economy_indicator
    where iso3 = 'RUS' and year = 2023 and indicator = 'gdp_growth_pct' and not is_forecast
    qualify row_number() over (order by is_current desc, known_on desc, publisher, evidence_id) = 1
),
one as (
    select n.*
    from (select 1)
    left join newest as n on true
)
select
    printf('%.2f %% (%s, %s)', value, publisher, known_on::varchar) as value_found,
    case when value is null then 'not documented' when abs(value - 3.6) < 0.05 then 'holds' else 'fails' end as verdict,
    if(evidence_id is null, [], [evidence_id]) as evidence
from one
