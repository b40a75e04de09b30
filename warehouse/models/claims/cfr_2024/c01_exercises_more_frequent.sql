-- dyad: CHN-RUS
-- section: Growing Military Ties
-- quote: bilateral military exercises have also increased in frequency
-- claim: Bilateral exercises of China and Russia grew more frequent over two decades.
-- rule: The mean number of core military exercises a year of the two alone, patrols included, in the last five full years exceeds that in
--   the first five years the source covers. The means with exercises of other states, as in the chart, are reported too. Exercises
--   that are not well documented are listed but not counted.
-- claimed: more frequent
-- searched: exercise
with
years as (
    select
        year,
        sum(exercise_count - of_which_doubtful) filter (where format = 'bilateral') as exercises,
        sum(of_which_patrols - of_which_doubtful_patrols) filter (where format = 'bilateral') as patrols,
        sum(exercise_count - of_which_doubtful) as with_others,
        sum(of_which_doubtful) as doubtful,
        flatten(list(evidence)) as evidence
    from charts.joint_exercises
    where dyad = 'CHN-RUS' and category = 'core_military' and not is_partial
    group by year
),
ends as (
    select *, row_number() over (order by year) <= 5 as is_first, row_number() over (order by year desc) <= 5 as is_last
    from years
),
means as (
    select
        count(*) as years,
        avg(exercises) filter (where is_first) as first_mean,
        avg(exercises) filter (where is_last) as last_mean,
        avg(exercises - patrols) filter (where is_last) as last_mean_without_patrols,
        avg(with_others) filter (where is_first) as first_with_others,
        avg(with_others) filter (where is_last) as last_with_others,
        sum(doubtful) filter (where is_first or is_last) as doubtful,
        min(year) as first_from, max(year) filter (where is_first) as first_to,
        min(year) filter (where is_last) as last_from, max(year) as last_to,
        list_sort(list_distinct(flatten(list(evidence) filter (where is_first or is_last)))) as evidence
    from ends
)
select
    if(years >= 10, printf(
        '%.1f a year in %d-%d, %.1f in %d-%d (%.1f without patrols); with other states %.1f and %.1f',
        first_mean, first_from, first_to, last_mean, last_from, last_to, last_mean_without_patrols, first_with_others, last_with_others
    ) || if(doubtful > 0, printf('; %d more not well documented', doubtful), ''), null) as value_found,
    case when years < 10 then 'not decidable' when last_mean > first_mean then 'holds' else 'does not hold' end as verdict,
    coalesce(evidence, []) as evidence
from means
