-- dyad: CHN-RUS
-- section: Growing Military Ties
-- quote: boosting collaboration in space, including by integrating their satellite-based navigation systems
-- claim: The two integrate their satellite navigation systems.
-- rule: Decided by agreements and statements of the two sides. The claim holds under the rule that compatible and interoperable systems
--   used together are integrated; BeiDou and GLONASS stay two systems, each with its own satellites and stations.
-- claimed: integrated
-- searched: statement
with
quotes as (
    select
        count(*) as statements,
        bool_or(words ilike '%interoperability%') as is_interoperable,
        string_agg('"' || words || '" (' || said_by || ', ' || said_on || ')', '; ' order by said_on) as found,
        list(evidence_id order by evidence_id) as evidence
    from core.statement
    where topic = 'satellite navigation'
)
select
    found as value_found,
    case
        when statements = 0 then 'not decidable'
        when is_interoperable then 'holds under a named rule'
        else 'holds in part'
    end as verdict,
    coalesce(evidence, []) as evidence
from quotes
