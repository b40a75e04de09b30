-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: established to rival Western-dominated multilateral financial institutions the World Bank and the International Monetary Fund
-- claim: The bank and the reserve arrangement were established to rival the World Bank and the IMF.
-- rule: Two parts. They do the work of those institutions if their founding documents give them the tasks of financing development
--   and of supporting balances of payments. They were established to rival them if these documents say so: to complement or
--   supplement is not to rival. What founders intended beyond their words is not asked.
-- claimed: rivals
-- searched: statement
with
quotes as (
    select
        count(*) filter (where topic like 'purpose of %') as purposes,
        count(*) filter (where topic like 'purpose of %' and (words ilike '%complement%' or words ilike '%supplement%')) as complements,
        count(*) filter (where topic like 'tasks of %') as tasks,
        string_agg('"' || words || '" (' || said_on || ')', '; ' order by statement_id) as found,
        list(evidence_id order by evidence_id) as evidence
    from core.statement
    where topic like '% of the New Development Bank and the Contingent Reserve Arrangement'
)
select
    found as value_found,
    case
        when purposes = 0 then 'not decidable'
        when complements = purposes and tasks = 0 then 'does not hold'
        when complements = 0 and tasks > 0 then 'holds'
        else 'holds in part'
    end as verdict,
    coalesce(evidence, []) as evidence
from quotes
