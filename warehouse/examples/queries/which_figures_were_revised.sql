-- Which figures were later revised, when, by whom, and how far off was the first value?
select
    r.figure, year(r.period_start) as year, r.unit, r.known_before, r.value_before, r.known_on, r.value,
    round(r.value - r.value_before, 2) as change, e.publisher
from core.revision as r
join core.evidence as e on e.evidence_id = r.evidence_id  -- one: its key
order by r.figure, year, r.known_on;
