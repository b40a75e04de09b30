-- audit: no two exercises of a curated list share a name and a first day; no two of the same participants and domain overlap in time, or
--   are within two days of each other if one lasted a day, unless listed in raw.known_anomaly
-- table: raw.exercise
-- note: four real pairs overlap, by one to five days; a one-day exercise reported on the next day may be entered under both days
with
dated as (
    select *, coalesce(end_date, start_date) - start_date as days
    from raw.exercise
)
select b.file || ':' || b.line as at, a.exercise_id, b.exercise_id as also_entered_as, a.start_date, b.start_date as also_from
from dated as a
join catalog.source as s on s.source = a.source and s.kind = 'curated'
join dated as b on b.source = a.source and b.exercise_id > a.exercise_id
where (b.name = a.name and b.start_date = a.start_date)
    or (
        b.participants = a.participants and b.domain = a.domain and a.date_precision = 'day' and b.date_precision = 'day'
        and b.start_date - coalesce(a.end_date, a.start_date) <= if(least(a.days, b.days) = 0, 2, 0)
        and a.start_date - coalesce(b.end_date, b.start_date) <= if(least(a.days, b.days) = 0, 2, 0)
        and a.exercise_id || ' ' || b.exercise_id not in (select place from raw.known_anomaly where audit = 'raw__exercises_are_entered_once')
    )
