-- audit: nothing that became known after the release's day is in it
-- table: core.trade_flow
with
dated as (
    select evidence_id, known_on from core.trade_flow
    union all
    select evidence_id, known_on from core.trade_by_product
    union all
    select evidence_id, known_on from core.energy_volume
    union all
    select evidence_id, known_on from core.economy_indicator
    union all
    select evidence_id, known_on from core.exercise
    union all
    select evidence_id, known_on from core.membership
    union all
    select evidence_id, known_on from core.veto
)
select f.file || ':' || f.line as at, d.known_on, p.value as as_of
from dated as d
join catalog.parameter as p on p.name = 'as_of' and d.known_on > p.value::date
join raw.figure_line as f on f.evidence_id = d.evidence_id
