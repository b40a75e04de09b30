-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: China abstained twenty times
-- claim: On twenty of the vetoes Russia cast without China, China abstained.
-- rule: Votes vetoed by Russia and not by China on which China abstained, from 1991-12-24 to the day of the verdict. If China's vote on one
--   is not documented, the count is open; if the count without amendments is complete and agrees, the claim holds under that named rule. If
--   the count of the article's day agrees and the later one does not, the claim is overtaken.
-- claimed: 20
-- searched: veto
with
vetoes as (
    select vote_date, vote_a, is_amendment, evidence
    from charts.security_council_vetoes
    where dyad = 'CHN-RUS' and veto_type = 'second only' and vote_date between date '1991-12-24' and getvariable('as_of')
),
counted as (
    select
        count(*) as vetoes,
        count(*) filter (where vote_a = 'abstain') as abstained,
        count(*) filter (where vote_a = 'abstain' and not is_amendment) as abstained_on_drafts,
        count(*) filter (where vote_a = 'abstain' and vote_date <= getvariable('said_on')) as abstained_then,
        count(*) filter (where vote_a = 'not documented') as unknown,
        count(*) filter (where vote_a = 'not documented' and not is_amendment) as unknown_on_drafts,
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from vetoes
)
select
    if(vetoes = 0, null, printf('%d of %d', abstained, vetoes) || if(unknown > 0, printf(' (%d not documented)', unknown), '')) as value_found,
    case
        when vetoes = 0 then 'not decidable'
        when abstained = 20 and unknown = 0 then 'holds'
        when abstained_on_drafts = 20 and unknown_on_drafts = 0 then 'holds under a named rule'
        when abstained_then = 20 and abstained > 20 then 'overtaken'
        when abstained <= 20 and abstained + unknown >= 20 then 'not decidable'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
