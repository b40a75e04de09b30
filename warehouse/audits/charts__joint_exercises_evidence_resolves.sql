-- audit: every evidence id resolves in core.evidence
-- table: charts.joint_exercises
with
cited as (
    select concat_ws(' ', dyad, year, category, format) as at, unnest(evidence) as evidence_id from charts.joint_exercises
)
select c.at, c.evidence_id
from cited as c
anti join core.evidence as e on e.evidence_id = c.evidence_id
