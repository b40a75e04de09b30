-- Which figures were later revised, when, by whom, and how far off was the first value?
with
revised as (
    select
        figure, year(period_start) as year, evidence_id, known_before, known_on,
        if(unit = 'USD', 'bn USD', unit) as unit,
        if(unit = 'USD', value_before / 1e9, value_before) as value_before,
        if(unit = 'USD', value / 1e9, value) as value
    from core.revision
)
select
    r.figure, r.year, r.unit, r.known_before, round(r.value_before, 2) as value_before, r.known_on, round(r.value, 2) as value,
    round(r.value - r.value_before, 2) as change, e.publisher
from revised as r
join core.evidence as e on e.evidence_id = r.evidence_id  -- one: its key
order by r.figure, r.year, r.known_on;
