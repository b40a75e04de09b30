-- audit: every evidence id resolves in core.evidence
-- table: charts.bloc_membership
with
cited as (
    select concat_ws(' ', dyad, bloc, iso3, as_of) as at, unnest(evidence) as evidence_id from charts.bloc_membership
)
select c.at, c.evidence_id
from cited as c
anti join core.evidence as e on e.evidence_id = c.evidence_id
