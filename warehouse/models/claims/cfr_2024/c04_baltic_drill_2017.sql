-- dyad: CHN-RUS
-- section: Growing Military Ties
-- quote: In 2017, ... a drill in the Baltic Sea, practicing live fire against land and air targets
-- claim: In 2017 the two drilled together in the Baltic Sea, with live fire at land and air targets.
-- rule: A drill at sea begun in 2017 touched the Baltic Sea, and documents on it name firing at targets in the air and on land. Without
--   targets on land the claim holds in part.
-- claimed: a drill in 2017, live fire at land and air targets
-- searched: exercise
with
drills as (
    select name, start_date, evidence, year = 2017 and list_contains(seas, 'Baltic Sea') as is_found
    from charts.naval_drills
    where dyad = 'CHN-RUS'
),
counted as (
    select
        count(*) as drills,
        count(*) filter (where is_found) as found,
        string_agg(name || ', ' || start_date, '; ' order by start_date) filter (where is_found) as names,
        flatten(coalesce(list(evidence) filter (where is_found), list(evidence))) as evidence
    from drills
),
fire as (
    select
        bool_or(words ilike '%air targets%') as is_at_air,
        bool_or(words ilike '%land targets%' or words ilike '%coastal targets%') as is_at_land,
        string_agg('"' || words || '" (' || said_by || ')', '; ' order by statement_id) as found,
        list(evidence_id) as evidence
    from core.statement
    where topic = 'live fire in the Baltic Sea'
)
select
    if(drills = 0, null, coalesce(names || coalesce('; ' || f.found, ''), 'none')) as value_found,
    case
        when drills = 0 then 'not decidable'
        when c.found > 0 and f.is_at_air and f.is_at_land then 'holds'
        when c.found > 0 then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(list_sort(list_distinct(list_concat(c.evidence, f.evidence))), []) as evidence
from counted as c
cross join fire as f
