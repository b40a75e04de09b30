-- audit: every evidence id resolves in core.evidence
-- table: charts.trade_dependence
with
cited as (
    select concat_ws(' ', dyad, year, country, rule) as at, unnest(evidence) as evidence_id from charts.trade_dependence
)
select c.at, c.evidence_id
from cited as c
anti join core.evidence as e on e.evidence_id = c.evidence_id
