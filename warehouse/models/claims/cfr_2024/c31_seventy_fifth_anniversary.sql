-- dyad: CHN-RUS
-- section: Introduction
-- quote: This year, China and Russia will pass the seventy-fifth anniversary of their diplomatic relations
-- claim: 2024 is the seventy-fifth year of diplomatic relations.
-- rule: Decided by a document: the Soviet Union, which Russia continues, recognised the People's Republic of China 75 years before 2024.
-- claimed: 75 years in 2024
-- searched: statement
with
quotes as (
    select max(said_on) as said_on, list(evidence_id order by evidence_id) as evidence
    from core.statement
    where topic = 'diplomatic relations'
)
select
    printf('recognised on %s, %d years before 2024', said_on::varchar, 2024 - year(said_on)) as value_found,
    case when said_on is null then 'not decidable' when 2024 - year(said_on) = 75 then 'holds' else 'does not hold' end as verdict,
    coalesce(evidence, []) as evidence
from quotes
