-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: the United States and European countries sanctioned Russian resources and froze Russian assets
-- claim: After the invasion the United States and European countries sanctioned Russian resources and froze Russian assets.
-- rule: Decided by statements after the invasion of 2022-02-24: by both the United States and the European Union, one that blocks assets
--   and one that bans a resource. If some of these are missing, the claim holds in part.
-- claimed: both
-- searched: statement
with
quotes as (
    select
        count(*) as statements,
        bool_or(words ilike '%reserves%' and said_by ilike '%United States%') and bool_or(words ilike '%reserves%' and said_by ilike '%European%')
            as is_frozen,
        bool_or(words ilike '%oil%' and said_by ilike '%United States%') and bool_or(words ilike '%oil%' and said_by ilike '%European%')
            as is_banned,
        string_agg('"' || words || '" (' || said_by || ', ' || said_on || ')', '; ' order by said_on) as found,
        list(evidence_id order by evidence_id) as evidence
    from core.statement
    where topic = 'measures against Russia' and said_on > date '2022-02-24'
)
select
    found as value_found,
    case
        when statements = 0 then 'not decidable'
        when is_frozen and is_banned then 'holds'
        else 'holds in part'
    end as verdict,
    coalesce(evidence, []) as evidence
from quotes
