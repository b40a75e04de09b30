-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: Beijing has not opposed a resolution without Moscow since 1999
-- claim: China has not opposed a resolution alone, without Russia, since 1999.
-- rule: The newest veto by China that Russia did not share was cast in 1999 or before.
-- claimed: 1999
-- searched: veto
with
vetoes as (
    select vote_date, draft_symbol, evidence, veto_type = 'first only' as is_alone
    from charts.security_council_vetoes
    where dyad = 'CHN-RUS' and veto_type in ('first only', 'joint') and vote_date <= getvariable('as_of')
),
counted as (
    select
        count(*) as vetoes,
        max(vote_date) filter (where is_alone) as newest,
        max_by(draft_symbol, vote_date) filter (where is_alone) as draft_symbol,
        -- that nothing followed is evidenced by China's every veto
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from vetoes
)
select
    if(vetoes = 0, null, coalesce(newest || ' (' || draft_symbol || ')', 'none alone')) as value_found,
    case
        when vetoes = 0 then 'not decidable'
        when newest is null or year(newest) <= 1999 then 'holds'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
