-- audit: a year in the id or name of an exercise of a curated list is the year it began
-- table: raw.exercise
select e.file || ':' || e.line as at, e.exercise_id, e.name, e.start_date
from raw.exercise as e
join catalog.source as s on s.source = e.source and s.kind = 'curated'
where regexp_extract(e.exercise_id, '(19|20)\d\d') not in ('', year(e.start_date)::varchar)
    or regexp_extract(e.name, '(19|20)\d\d') not in ('', year(e.start_date)::varchar)
