-- audit: every evidence id resolves in core.evidence
-- table: charts.security_council_vetoes
with
cited as (
    select concat_ws(' ', dyad, draft_symbol) as at, unnest(evidence) as evidence_id from charts.security_council_vetoes
)
select c.at, c.evidence_id
from cited as c
anti join core.evidence as e on e.evidence_id = c.evidence_id
