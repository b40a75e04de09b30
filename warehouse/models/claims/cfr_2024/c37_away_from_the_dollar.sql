-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: BRICS also seeks to move away from reliance on the U.S. dollar and Western institutions for financial transactions
-- claim: BRICS seeks to rely less on the dollar and on Western institutions.
-- rule: Decided by the declaration of 2024 and by what leaders said at its summit: the claim holds if the declaration favours local
--   currencies and no leader denied seeking an alternative to Western institutions; if one did, it holds in part (for the currency only).
-- claimed: away from both
-- searched: statement
with
quotes as (
    select
        count(*) filter (where topic = 'local currencies') as currencies,
        count(*) filter (where topic = 'alternatives to Western institutions' and words similar to '.*(not|n''t).*') as denials,
        string_agg('"' || words || '" (' || said_by || ', ' || said_on || ')', '; ' order by said_on, statement_id) as found,
        list(evidence_id order by evidence_id) as evidence
    from core.statement
    where topic in ('local currencies', 'alternatives to Western institutions')
)
select
    found as value_found,
    case
        when currencies + denials = 0 then 'not decidable'
        when currencies > 0 and denials = 0 then 'holds'
        when currencies > 0 then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from quotes
