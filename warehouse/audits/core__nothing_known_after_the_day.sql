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
    union all
    -- a list as a whole; a reference list cited by the line may be younger than what is looked up in it
    select e.evidence_id, e.published_on from core.evidence as e semi join raw.whole_file as w on w.evidence_id = e.evidence_id
)
select e.locator as at, d.known_on, p.value as as_of
from dated as d
join catalog.parameter as p on p.name = 'as_of' and d.known_on > p.value::date
join core.evidence as e on e.evidence_id = d.evidence_id
