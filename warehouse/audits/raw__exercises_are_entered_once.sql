-- audit: no two exercises of a curated list share a name and a first day, and none of the same participants and domain overlap in time,
--   unless listed in raw.known_anomaly
-- table: raw.exercise
-- note: four real pairs overlap, by one to five days
select b.file || ':' || b.line as at, a.exercise_id, b.exercise_id as also_entered_as, a.start_date, b.start_date as also_from
from raw.exercise as a
join catalog.source as s on s.source = a.source and s.kind = 'curated'
join raw.exercise as b on b.source = a.source and b.exercise_id > a.exercise_id
where (b.name = a.name and b.start_date = a.start_date)
    or (
        b.participants = a.participants and b.domain = a.domain and a.date_precision = 'day' and b.date_precision = 'day'
        and b.start_date <= coalesce(a.end_date, a.start_date) and a.start_date <= coalesce(b.end_date, b.start_date)
        and a.exercise_id || ' ' || b.exercise_id not in (select place from raw.known_anomaly where audit = 'raw__exercises_are_entered_once')
    )
