-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: neither country has vetoed a UN Security Council resolution proposed by the other
-- claim: Neither vetoed a draft resolution of the other.
-- rule: Neither vetoed alone a draft that the other sponsored; a draft that both vetoed counts for neither. If the sponsors are not
--   documented, a state that abstained is taken not to be one of them, and if the verdict depends on this, the claim holds under that named
--   rule. Amendments are not drafts and do not decide; if a draft has neither documented sponsors nor an abstention, the claim holds in
--   part at most.
-- claimed: 0
-- searched: veto
with
one_sided as (
    select
        if(veto_type = 'first only', 'RUS', 'CHN') as other,
        if(veto_type = 'first only', vote_b, vote_a) as vote_of_other,
        sponsors, is_amendment, evidence
    from charts.security_council_vetoes
    where dyad = 'CHN-RUS' and veto_type in ('first only', 'second only') and vote_date <= getvariable('as_of')
),
drafts as (
    select
        *,
        case
            when is_amendment then 'amendment'
            when list_contains(sponsors, other) then 'of the other'
            when len(sponsors) > 0 then 'of others'
            when vote_of_other = 'abstain' then 'by abstention'
            else 'unknown'
        end as judgement
    from one_sided
),
counted as (
    select
        count(*) as vetoes,
        count(*) filter (where judgement = 'of the other') as of_the_other,
        count(*) filter (where judgement = 'of others') as of_others,
        count(*) filter (where judgement = 'by abstention') as by_abstention,
        count(*) filter (where judgement = 'unknown') as unknown,
        count(*) filter (where judgement = 'amendment') as amendments,
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from drafts
)
select
    if(vetoes = 0, null, printf(
        '%d of %d drafts vetoed by one alone (sponsors named: %d; the other abstained: %d; neither documented: %d; amendments aside: %d)',
        of_the_other, vetoes - amendments, of_the_other + of_others, by_abstention, unknown, amendments
    )) as value_found,
    case
        when vetoes = 0 then 'not decidable'
        when of_the_other > 0 then 'does not hold'
        when unknown > 0 then 'holds in part'
        when by_abstention > 0 then 'holds under a named rule'
        else 'holds'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
