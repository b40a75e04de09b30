-- audit: every evidence id resolves in core.evidence
-- table: charts.bilateral_trade
with
cited as (
    select concat_ws(' ', dyad, frequency, period_start, exporter, basis) as at, unnest(evidence) as evidence_id from charts.bilateral_trade
)
select c.at, c.evidence_id
from cited as c
anti join core.evidence as e on e.evidence_id = c.evidence_id
