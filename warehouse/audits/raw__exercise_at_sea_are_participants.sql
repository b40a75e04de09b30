-- audit: states at sea are participants of the exercise, and the exercise names a sea
-- table: raw.exercise
select f.file || ':' || f.line as at, e.participants, e.participants_at_sea, e.seas
from raw.exercise as e
join raw.figure_line as f on f.evidence_id = e.evidence_id
where e.participants_at_sea is not null
    and (e.seas is null or not list_has_all(string_split(e.participants, ';'), string_split(e.participants_at_sea, ';')))
