-- audit: an exercise began at most a month after its document was published, and not after it if the exercise counts as documented, since an
--   announcement shows an intention alone; it lasted at most a year, and began no earlier than the exercises with lower numbers in its series
-- table: raw.exercise
-- note: the earliest announcement came 29 days before its exercise (The Diplomat on Komodo 2016)
with
numbered as (
    select
        *,
        max(start_date) over (
            partition by regexp_replace(exercise_id, '-\d\d$', '') order by exercise_id rows between unbounded preceding and 1 preceding
        ) as start_of_one_before
    from raw.exercise
    where regexp_matches(exercise_id, '[a-z]-\d\d$')
)
select e.file || ':' || e.line as at, e.start_date, e.end_date, d.published_on
from raw.exercise as e
join raw.documents as d on d.source = e.source and d.document = e.document
left join numbered as n on n.evidence_id = e.evidence_id
where e.start_date > d.published_on + case when e.confidence = 'documented' then 0 else 31 end
    or e.end_date > e.start_date + 364
    or e.start_date < n.start_of_one_before
