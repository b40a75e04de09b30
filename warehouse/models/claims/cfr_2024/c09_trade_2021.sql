-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: $147 billion in 2021 before the war
-- claim: Two-way trade was 147 bn USD in 2021.
-- rule: The GACC preliminary two-way total of 2021 rounds to 147 bn USD.
-- claimed: 147 bn USD
-- landmark_year: 2021
-- searched: trade_flow
with
found as (
    select any_value(two_way_total_usd) as usd, flatten(list(evidence)) as evidence
    from charts.bilateral_trade
    where dyad = 'CHN-RUS' and frequency = 'annual' and not is_partial
        and period_start = date '2021-01-01' and basis = 'GACC preliminary, CHN-reported'
)
select
    printf('%.2f bn USD', usd / 1e9) as value_found,
    case when usd is null then 'not decidable' when round(usd / 1e9) = 147 then 'holds' else 'does not hold' end as verdict,
    coalesce(list_sort(list_distinct(evidence)), []) as evidence
from found
