-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: often against U.S. foreign policy interests
-- claim: Joint vetoes often went against interests of the United States.
-- rule: Often is more than half of the joint vetoes. Votes that are not well documented are not counted. The claim holds under the rule
--   that a draft that the United States voted for is in their interest. A stricter rule requires that the United States sponsored the
--   draft: the number of such drafts is reported too, as a lower bound if sponsors are not named in full.
-- claimed: often
-- searched: veto
with
vetoes as (
    select
        v.sponsors,
        u.vote,
        not coalesce(v.sponsors_complete, false) and not coalesce(list_contains(v.sponsors, 'USA'), false) as may_have_sponsored,
        list_concat(v.evidence, if(u.evidence_id is null, [], [u.evidence_id])) as evidence
    from charts.security_council_vetoes as v
    left join core.council_vote as u on u.draft_symbol = v.draft_symbol and u.member_iso3 = 'USA'  -- at most one: its key
    where v.dyad = 'CHN-RUS' and v.veto_type = 'joint' and v.confidence = 'documented' and v.vote_date <= getvariable('as_of')
),
counted as (
    select
        count(*) as vetoes,
        count(*) filter (where vote = 'yes') as favoured,
        count(*) filter (where vote is null) as unknown,
        count(*) filter (where list_contains(sponsors, 'USA')) as sponsored,
        count(*) filter (where may_have_sponsored) as unnamed,
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from vetoes
)
select
    if(
        vetoes = 0,
        null,
        printf('the United States voted yes on %d of %d and sponsored %s%d', favoured, vetoes, if(unnamed > 0, 'at least ', ''), sponsored)
    )
    || if(unnamed > 0, printf(' (sponsors of %d others not named in full)', unnamed), '')
    || if(unknown > 0, printf(' (its vote on %d not documented)', unknown), '') as value_found,
    case
        when vetoes = 0 then 'not decidable'
        when 2 * favoured > vetoes then 'holds under a named rule'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
