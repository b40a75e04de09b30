-- dyad: CHN-RUS
-- section: Growing Military Ties
-- quote: defense ties have been cemented since 2014, the year Russia annexed Crimea
-- claim: Defence ties have been closer since 2014, the year in which Russia annexed Crimea.
-- rule: Core military exercises of both, alone and with others, in a year: the mean from 2014 to the last full year exceeds that of
--   2003 to 2013, and the annexation is documented in 2014. The claim holds under the rule that exercises measure ties; arms transfers and
--   joint production, which no bundled source gives, could show another course. Exercises that are not well documented are listed but
--   not counted.
-- claimed: closer since 2014
-- searched: exercise
with
years as (
    select year, sum(exercise_count - of_which_doubtful) as exercises, sum(of_which_doubtful) as doubtful, flatten(list(evidence)) as evidence
    from charts.joint_exercises
    where dyad = 'CHN-RUS' and category = 'core_military' and not is_partial
    group by year
),
means as (
    select
        avg(exercises) filter (where year < 2014) as before,
        avg(exercises) filter (where year >= 2014) as since,
        min(year) as first_year,
        max(year) as last_year,
        sum(doubtful) as doubtful,
        flatten(list(evidence)) as evidence
    from years
),
annexed as (
    select max(said_on) as said_on, list(evidence_id) as evidence
    from core.statement
    where topic = 'annexation of Crimea'
)
select
    if(since is null, null, printf('%.1f exercises a year in %d-2013, %.1f in 2014-%d', before, first_year, since, last_year))
    || if(doubtful > 0, printf('; %d more not well documented', doubtful), '') as value_found,
    case
        when since is null or before is null then 'not decidable'
        when since > before and year(a.said_on) = 2014 then 'holds under a named rule'
        when since > before then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(list_sort(list_distinct(list_concat(m.evidence, a.evidence))), []) as evidence
from means as m
cross join annexed as a
