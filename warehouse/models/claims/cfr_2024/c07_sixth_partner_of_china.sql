-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: Russia was only China's sixth-largest as of 2023
-- claim: Russia was China's sixth-largest trading partner in 2023.
-- rule: Russia's rank among China's partners in 2023 is 6. If it is 6 under every counting rule A to E, the claim holds; if under some of
--   them, it holds under these named rules.
-- claimed: rank 6
-- searched: trade_flow
with
ranks as (
    select rule, rank, evidence
    from charts.trade_dependence
    where dyad = 'CHN-RUS' and country = 'CHN' and year = 2023 and rank is not null
),
counted as (
    select
        count(*) as rules,
        count(*) filter (where rank = 6) as sixth,
        string_agg(rule, ' and ' order by rule) filter (where rank = 6) as sixth_under,
        string_agg(rule || ' ' || rank, ', ' order by rule) as found,
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from ranks
)
select
    if(sixth > 0, 'rank 6 under ' || sixth_under, 'rank 6 under none') || ' (' || found || ')' as value_found,
    case
        when rules = 0 then 'not decidable'
        when sixth = rules then 'holds'
        when sixth > 0 then 'holds under a named rule'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
