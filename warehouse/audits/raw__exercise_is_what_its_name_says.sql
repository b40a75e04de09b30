-- audit: an exercise is marked as a patrol if and only if its id names a patrol, and an exercise at sea names its sea
-- table: raw.exercise
select file || ':' || line as at, name, is_patrol, domain, seas
from raw.exercise
where is_patrol <> regexp_matches(exercise_id, '^(joint-[a-z]+|coast-guard)-patrol-')
    or (domain in ('naval', 'coast_guard') and seas is null)
