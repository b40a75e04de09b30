-- audit: a year in an exercise's id or name is the year it began
-- table: raw.exercise
select file || ':' || line as at, exercise_id, name, start_date
from raw.exercise
where regexp_extract(exercise_id, '(19|20)\d\d') not in ('', year(start_date)::varchar)
    or regexp_extract(name, '(19|20)\d\d') not in ('', year(start_date)::varchar)
