-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: the two frequently align in their voting patterns
-- claim: The two frequently vote alike in the United Nations.
-- rule: Frequently is more than half. In the General Assembly: the share of roll calls with identical votes in the newest session
--   documented. In the Security Council: the share of identical votes on drafts and amendments that either vetoed, if both votes are
--   documented; drafts that passed are not in that list, and on most of them both voted in favour. If only the Assembly's share is more
--   than half, the claim holds under that named rule; if only the Council's is, it holds in part. The highest session since 1992 is
--   reported too.
-- claimed: frequently
-- searched: assembly_agreement
with
assembly as (
    select
        max_by(identical_pct, session) as newest_pct, max(session) as newest, max(identical_pct) as highest_pct,
        max_by(session, identical_pct) as highest, list(evidence_id) as evidence
    from core.assembly_agreement
    where iso3_a = 'CHN' and iso3_b = 'RUS'
),
council as (
    select count(*) as votes, count(*) filter (where vote_a = vote_b) as same, flatten(list(evidence)) as evidence
    from charts.security_council_vetoes
    where dyad = 'CHN-RUS' and vote_a <> 'not documented' and vote_b <> 'not documented' and vote_date <= getvariable('as_of')
)
select
    printf('Assembly %.1f %% in session %d (at most %.1f %%, in session %d)', newest_pct, newest, highest_pct, highest)
    || if(votes = 0, '', printf('; Council %d of %d', same, votes)) as value_found,
    case
        when newest_pct is null then 'not decidable'
        when newest_pct > 50 and 2 * same > votes then 'holds'
        when newest_pct > 50 then 'holds under a named rule'
        when 2 * same > votes then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(list_sort(list_distinct(list_concat(a.evidence, c.evidence))), []) as evidence
from assembly as a
cross join council as c
