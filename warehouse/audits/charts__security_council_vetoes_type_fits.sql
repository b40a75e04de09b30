-- audit: the type of veto follows from who vetoed, and a state that vetoed voted no
-- table: charts.security_council_vetoes
with
sides as (
    select v.*, list_contains(v.vetoed_by, d.iso3_a) as by_a, list_contains(v.vetoed_by, d.iso3_b) as by_b
    from charts.security_council_vetoes as v
    join core.dyad as d on d.dyad = v.dyad
)
select concat_ws(' ', dyad, draft_symbol) as at, veto_type, array_to_string(vetoed_by, ';') as vetoed_by, vote_a, vote_b
from sides
where not (by_a or by_b)
    or veto_type <> if(by_a and by_b, 'joint', if(by_a, 'first only', 'second only'))
    or (by_a and vote_a <> 'no')
    or (by_b and vote_b <> 'no')
