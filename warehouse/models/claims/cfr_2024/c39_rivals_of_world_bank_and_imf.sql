-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: established to rival Western-dominated multilateral financial institutions the World Bank and the International Monetary Fund
-- claim: The bank and the reserve arrangement were established to rival the World Bank and the IMF.
-- rule: Decided by the purpose that their founding documents state: to complement or supplement existing institutions is not to rival
--   them. What founders intended beyond their words is not asked.
-- claimed: rivals
-- searched: statement
with
said as (
    select
        count(*) as statements,
        count(*) filter (where words ilike '%complement%' or words ilike '%supplement%') as complements,
        string_agg('"' || words || '" (' || said_on || ')', '; ' order by statement_id) as found,
        list(evidence_id order by evidence_id) as evidence
    from core.statement
    where topic = 'purpose of the New Development Bank and the Contingent Reserve Arrangement'
)
select
    found as value_found,
    case
        when statements = 0 then 'not decidable'
        when complements = statements then 'does not hold'
        when complements > 0 then 'holds in part'
        else 'holds'
    end as verdict,
    coalesce(evidence, []) as evidence
from said
