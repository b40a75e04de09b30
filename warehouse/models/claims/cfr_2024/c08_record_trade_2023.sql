-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: In 2023, China-Russia trade reached an all-time high of $240 billion
-- claim: Two-way trade reached a record of 240 bn USD in 2023.
-- rule: The GACC preliminary two-way total of 2023 rounds to 240 bn USD and exceeds every earlier year, both on that basis and
--   on the headline basis of each year; if only one of the two is true, the claim holds in part.
-- claimed: 240 bn USD
-- landmark_year: 2023
-- searched: trade_flow
with
totals as (
    select
        year(period_start) as year, any_value(two_way_total_usd) as usd, bool_or(is_headline) as is_headline,
        basis = 'GACC preliminary, CHN-reported' as is_preliminary, flatten(list(evidence)) as evidence
    from charts.bilateral_trade
    where dyad = 'CHN-RUS' and frequency = 'annual' and not is_partial and two_way_total_usd is not null
    group by year, basis
),
found as (
    select
        any_value(usd) filter (where year = 2023 and is_preliminary) as usd,
        max(usd) filter (where year < 2023 and (is_preliminary or is_headline)) as earlier_usd,
        max_by(year, usd) filter (where year < 2023 and (is_preliminary or is_headline)) as earlier_year,
        flatten(list(evidence) filter (where year <= 2023 and (is_preliminary or (is_headline and year < 2023)))) as evidence
    from totals
)
select
    printf('%.2f bn USD', usd / 1e9) || coalesce(printf('; highest before: %.2f in %d', earlier_usd / 1e9, earlier_year), '') as value_found,
    case
        when usd is null or earlier_usd is null then 'not decidable'
        when round(usd / 1e9) = 240 and usd > earlier_usd then 'holds'
        when round(usd / 1e9) = 240 or usd > earlier_usd then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(list_sort(list_distinct(evidence)), []) as evidence
from found
