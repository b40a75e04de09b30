-- dyad: CHN-RUS
-- section: Growing Military Ties
-- quote: exercises have also increased in frequency, scale, and complexity
-- claim: Bilateral exercises grew in scale and complexity over two decades.
-- rule: Bilateral core military exercises up to 2013 are compared with those since. Complexity is the number of domains in which they were
--   held; scale is the median of the personnel reported, and counts only if half of the exercises of both spans give it. If only one of the
--   two grew, the claim holds in part. Exercises that are not well documented are listed but not counted.
-- claimed: larger and more complex
-- searched: exercise
with
exercises as (
    select year(start_date) <= 2013 as is_early, domain, personnel_total, confidence <> 'documented' as is_doubtful, evidence_id
    from core.exercise
    where list_sort(participants) = ['CHN', 'RUS'] and category = 'core_military' and format = 'bilateral'
),
spans as (
    select
        is_early,
        count(*) filter (where not is_doubtful) as exercises,
        count(*) filter (where is_doubtful) as doubtful,
        count(personnel_total) filter (where not is_doubtful) as documented,
        median(personnel_total) filter (where not is_doubtful) as personnel,
        count(distinct domain) filter (where not is_doubtful) as domains,
        list(evidence_id) as evidence
    from exercises
    group by is_early
),
one as (
    select
        a.exercises as early, b.exercises as late, a.domains as early_domains, b.domains as late_domains,
        coalesce(a.doubtful, 0) + coalesce(b.doubtful, 0) as doubtful,
        a.documented as early_documented, b.documented as late_documented,
        if(2 * a.documented >= a.exercises and 2 * b.documented >= b.exercises, b.personnel > a.personnel, null) as is_larger,
        list_sort(list_concat(a.evidence, b.evidence)) as evidence
    from (select 1)
    left join spans as a on a.is_early
    left join spans as b on not b.is_early
)
select
    if(early > 0 and late > 0, printf(
        '%d domains in %d exercises to 2013, %d in %d since; personnel reported for %d and %d of them',
        early_domains, early, late_domains, late, early_documented, late_documented
    ) || if(doubtful > 0, printf('; %d more not well documented', doubtful), ''), null) as value_found,
    case
        when coalesce(early, 0) = 0 or coalesce(late, 0) = 0 then 'not decidable'
        when late_domains > early_domains and is_larger then 'holds'
        when late_domains > early_domains or is_larger then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from one
