-- audit: an exercise of a curated list is marked as a patrol if and only if its id names a patrol, and an exercise at sea names its sea
-- table: raw.exercise
select e.file || ':' || e.line as at, e.name, e.is_patrol, e.domain, e.seas
from raw.exercise as e
join catalog.source as s on s.source = e.source and s.kind = 'curated'
where e.is_patrol <> regexp_matches(e.exercise_id, '^(joint-[a-z]+|coast-guard)-patrol-')
    or (e.domain in ('naval', 'coast_guard') and e.seas is null)
