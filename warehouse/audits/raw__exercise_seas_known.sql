-- audit: every sea of an exercise is listed in raw.sea
-- table: raw.exercise
with
used as (
    select evidence_id, unnest(string_split(seas, ';')) as sea from raw.exercise
)
select f.file || ':' || f.line as at, u.sea
from used as u
join raw.figure_line as f on f.evidence_id = u.evidence_id
where u.sea not in (select sea from raw.sea)
