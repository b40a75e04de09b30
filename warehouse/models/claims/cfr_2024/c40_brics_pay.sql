-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: BRICS Pay, an alternative payment mechanism, was created in 2024 to compete with ... SWIFT
-- claim: BRICS Pay was created in 2024 to compete with SWIFT.
-- rule: Decided by documents: a system is created in the year in which it begins to operate. Work on it from before 2024 and a
--   demonstration in 2024 without operation do not create it; if operation began in 2024, the claim would hold. Under a looser rule the
--   demonstration of 2024 created it; that it competes with SWIFT is denied even then, in the words of the chair.
-- claimed: 2024
-- searched: statement
with
quotes as (
    select
        count(*) as statements,
        count(*) filter (where topic = 'BRICS Pay' and year(said_on) = 2024 and words ilike '%in operation%') as operating,
        string_agg(
            '"' || words || '" (' || said_by || ', ' || if(date_precision = 'year', year(said_on)::varchar, said_on::varchar) || ')',
            '; ' order by said_on
        ) as found,
        list(evidence_id order by evidence_id) as evidence
    from core.statement
    where topic = 'BRICS Pay' or statement_id = 'brics-swift-2024'
)
select
    found as value_found,
    case when statements = 0 then 'not decidable' when operating > 0 then 'holds' else 'does not hold' end as verdict,
    coalesce(evidence, []) as evidence
from quotes
