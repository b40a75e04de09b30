-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: the two frequently align in their voting patterns
-- claim: The two frequently vote alike in the United Nations.
-- rule: Frequently is more than half of the votes in more than half of the sessions or years. In the General Assembly: identical votes
--   among those on which both voted, in each session since 1992, counted from the roll calls and, for later sessions, as Voeten et al.
--   publish them. In the Security Council: identical votes on drafts and amendments that any permanent member vetoed, in each year with a
--   draft on which every member's vote is documented; adopted resolutions do not count, since on most of them all members vote yes. If only
--   the Assembly's votes meet this, the claim holds under the rule that counts the Assembly alone; if only the Council's do, it holds in
--   part. The newest and the highest session are reported too.
-- claimed: frequently
-- searched: assembly_vote
with
counted as (
    select session, agreement_pct as pct, evidence
    from charts.assembly_agreement
    where dyad = 'CHN-RUS' and rule = 'identical' and subject = 'all' and last_vote_on <= getvariable('as_of')
),
sessions as (
    from counted
    union all
    select session, identical_pct, [evidence_id]
    from core.assembly_agreement
    where iso3_a = 'CHN' and iso3_b = 'RUS' and known_on <= getvariable('as_of') and session > (select coalesce(max(session), 0) from counted)
),
assembly as (
    select
        max(session) as newest, max_by(pct, session) as newest_pct, max_by(session, pct) as highest, max(pct) as highest_pct,
        count(*) as sessions, count(*) filter (where pct > 50) as over_half, flatten(list(evidence)) as evidence
    from sessions
),
council as (
    select
        coalesce(sum(votes), 0)::bigint as votes, coalesce(round(sum(votes * agreement_pct / 100)), 0)::bigint as same,
        count(*) as years, count(*) filter (where agreement_pct > 50) as over_half, flatten(list(evidence)) as evidence
    from charts.council_agreement
    where dyad = 'CHN-RUS' and votes_on = 'vetoed' and rule = 'identical' and last_vote_on <= getvariable('as_of')
)
select
    printf(
        'Assembly over half in %d of %d sessions (%.1f %% in session %d, at most %.1f %% in session %d)',
        a.over_half, a.sessions, newest_pct, newest, highest_pct, highest
    ) || if(votes = 0, '', printf('; Council %d of %d vetoed drafts, over half in %d of %d years', same, votes, c.over_half, years)) as value_found,
    case
        when newest_pct is null then 'not decidable'
        when 2 * a.over_half > a.sessions and 2 * c.over_half > years then 'holds'
        when 2 * a.over_half > a.sessions then 'holds under a named rule'
        when 2 * c.over_half > years then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(list_sort(list_distinct(list_concat(a.evidence, c.evidence))), []) as evidence
from assembly as a
cross join council as c
