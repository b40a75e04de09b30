-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: have condemned Western sanctions on Russia for its invasion of Ukraine
-- claim: The members of the SCO condemn Western sanctions on Russia.
-- rule: Decided by the declarations of its summits since the invasion: with one that opposes sanctions and names Russia
--   the claim holds; with declarations against unilateral sanctions in general it holds in part.
-- claimed: condemned
-- searched: statement
with
quotes as (
    select
        count(*) as statements,
        bool_or(words ilike '%Russia%') as is_named,
        string_agg('"' || words || '" (' || said_on || ')', '; ' order by said_on) as found,
        list(evidence_id order by evidence_id) as evidence
    from core.statement
    where topic = 'unilateral sanctions' and said_on > date '2022-02-24'
)
select
    found as value_found,
    case when statements = 0 then 'not decidable' when is_named then 'holds' else 'holds in part' end as verdict,
    coalesce(evidence, []) as evidence
from quotes
