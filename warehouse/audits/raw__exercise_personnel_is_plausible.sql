-- audit: an exercise has 20 to 400,000 people if it is naval or joint, else 20 to 25,000, and their number is within a factor of 12 of
--   every other exercise of its series
-- table: raw.exercise
-- note: real naval and joint exercises have 64 to 300,000, others up to 10,000; the largest real factor in a series is 10 (ADMM-Plus)
select b.file || ':' || b.line as at, b.exercise_id, b.domain, b.personnel_total, a.exercise_id as compared_with, a.personnel_total as compared
from raw.exercise as b
left join raw.exercise as a
    on a.series = b.series and greatest(a.personnel_total, b.personnel_total) > 12 * least(a.personnel_total, b.personnel_total)
where b.personnel_total not between 20 and if(b.domain in ('naval', 'joint'), 400000, 25000)
    or a.exercise_id is not null
