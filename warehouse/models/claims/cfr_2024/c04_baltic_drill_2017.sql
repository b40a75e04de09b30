-- dyad: CHN-RUS
-- section: Growing Military Ties
-- quote: In 2017, ... a drill in the Baltic Sea, practicing live fire against land and air targets
-- claim: In 2017 the two drilled together in the Baltic Sea.
-- rule: A drill at sea begun in 2017 that touched the Baltic Sea exists.
-- claimed: a drill in 2017
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
        list_sort(list_distinct(flatten(coalesce(list(evidence) filter (where is_found), list(evidence))))) as evidence
    from drills
)
select
    case when drills = 0 then null else coalesce(names, 'none') end as value_found,
    case when drills = 0 then 'not decidable' when found > 0 then 'holds' else 'does not hold' end as verdict,
    coalesce(evidence, []) as evidence
from counted
