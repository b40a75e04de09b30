-- grain: a dyad of this release
-- key: dyad
select
    d.dyad,
    a.iso3 as iso3_a,
    b.iso3 as iso3_b,
    a.name as name_a,
    b.name as name_b,
    greatest(a.valid_from, b.valid_from) as valid_from,
    least(a.valid_to, b.valid_to) as valid_to,
    [a.evidence_id, b.evidence_id] as evidence
from catalog.dyad as d
join raw.country as a on a.iso3 = split_part(d.dyad, '-', 1)  -- one row each: country's key
join raw.country as b on b.iso3 = split_part(d.dyad, '-', 2)
