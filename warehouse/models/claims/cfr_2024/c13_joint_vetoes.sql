-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: dually vetoed sixteen Security Council resolutions
-- claim: China and Russia have vetoed together sixteen times.
-- rule: Votes that both vetoed, from 1991-12-24 (when the Russian Federation took over the seat) to the day of the verdict. Votes that are
--   not well documented are listed but not counted. Votes on amendments count as vetoes; if only the count without them agrees, the claim
--   holds under that named rule. If the count of the article's day agrees and the later one does not, the claim is overtaken.
-- claimed: 16
-- searched: veto
with
vetoes as (
    select vote_date, is_amendment, confidence, evidence
    from charts.security_council_vetoes
    where dyad = 'CHN-RUS' and veto_type = 'joint' and vote_date between date '1991-12-24' and getvariable('as_of')
),
counted as (
    select
        count(*) filter (where confidence = 'documented') as vetoes,
        count(*) filter (where confidence <> 'documented') as doubtful,
        count(*) filter (where confidence = 'documented' and not is_amendment) as drafts,
        count(*) filter (where confidence = 'documented' and vote_date <= getvariable('said_on')) as vetoes_then,
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from vetoes
)
select
    case
        when vetoes = 0 then null
        when drafts = vetoes then vetoes::varchar
        else printf('%d (%d without amendments)', vetoes, drafts)
    end || if(doubtful > 0, printf(', and %d that %s not well documented', doubtful, if(doubtful = 1, 'is', 'are')), '') as value_found,
    case
        when vetoes = 0 then 'not decidable'
        when vetoes = 16 then 'holds'
        when drafts = 16 then 'holds under a named rule'
        when vetoes_then = 16 then 'overtaken'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
