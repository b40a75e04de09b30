-- dyad: CHN-RUS
-- section: Growing Military Ties
-- quote: jointly developing missile warning systems
-- claim: The two develop missile warning systems together.
-- rule: Decided by statements of the two governments: with one that names joint development the claim holds; with one that names help of
--   one side with the other's system it holds in part.
-- claimed: joint development
-- searched: statement
with
quotes as (
    select
        count(*) as statements,
        bool_or(words ilike '%joint%develop%' or words ilike '%develop%joint%') as is_joint,
        bool_or(words ilike '%helping%') as is_help,
        string_agg('"' || words || '" (' || said_by || ', ' || said_on || ')', '; ' order by said_on) as found,
        list(evidence_id order by evidence_id) as evidence
    from core.statement
    where topic = 'missile warning'
)
select
    found as value_found,
    case
        when statements = 0 then 'not decidable'
        when is_joint then 'holds'
        when is_help then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from quotes
