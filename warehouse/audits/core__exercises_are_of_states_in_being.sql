-- audit: every participant of an exercise existed in the day, month or year in which it is documented to have begun
-- table: core.exercise
with
members as (
    select exercise_id, start_date, date_precision, unnest(participants) as iso3 from core.exercise
)
select m.exercise_id as at, m.iso3, m.start_date, c.valid_from, c.valid_to
from members as m
join raw.country as c on c.iso3 = m.iso3  -- one: its key
where m.start_date < date_trunc(m.date_precision, c.valid_from) or m.start_date > c.valid_to
