-- audit: an exercise whose id says patrol is marked as one and no other is; one at sea names its sea; nobody brought a million people
-- table: raw.exercise
-- note: the largest brought 300,000 (Vostok 2018)
select file || ':' || line as at, name, is_patrol, domain, seas, personnel_total
from raw.exercise
where is_patrol <> regexp_matches(exercise_id, '^(joint-[a-z]+|coast-guard)-patrol-')
    or (domain in ('naval', 'coast_guard') and seas is null)
    or personnel_total > 1000000
