-- audit: every evidence id resolves in core.evidence
-- table: charts.naval_drills
with
cited as (
    select concat_ws(' ', dyad, exercise_id) as at, unnest(evidence) as evidence_id from charts.naval_drills
)
select c.at, c.evidence_id
from cited as c
anti join core.evidence as e on e.evidence_id = c.evidence_id
