-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: China's exports to Russia also continue to grow at an increasingly rapid pace
-- claim: China's exports to Russia grow, and ever faster.
-- rule: Growth of China's exports from January to date against the same months of the year before, in the preliminary dollar figures of
--   Chinese customs, for each year since 2023 up to the newest month that both years give. The claim holds if every rate exceeds the one
--   before, and in part if all are positive. The first eleven months of 2025 (91.6 bn USD) are not used, since no printed figure for those
--   of 2024 was found; they are 12.1 % below the year 2024 less December (115.49 - 11.30 bn USD). The whole years are compared instead.
-- claimed: ever faster
-- searched: trade_flow
with
months as (
    select year(period_start) as year, month(period_start) as month, value_usd, evidence_id
    from core.trade_flow
    where reporter = 'CHN' and partner_iso3 = 'RUS' and flow = 'export' and frequency = 'year_to_date' and is_current
    qualify row_number() over (partition by period_start order by source desc) = 1
),
rates as (
    select a.year, a.month, 100 * (a.value_usd / b.value_usd - 1) as rate, [a.evidence_id, b.evidence_id] as evidence
    from months as a
    join months as b on b.year = a.year - 1 and b.month = a.month  -- at most one: a month
    where a.year >= 2023
    qualify row_number() over (partition by a.year order by a.month desc) = 1
),
steps as (
    select *, rate > lag(rate) over (order by year) as is_faster
    from rates
),
counted as (
    select
        count(*) as rates,
        bool_and(is_faster) as is_ever_faster,
        bool_and(rate > 0) as is_growing,
        string_agg(
            printf('%d %+.1f %%', year, rate) || if(month = 12, '', ' (to ' || monthname(make_date(year, month, 1)) || ')'), ', ' order by year
        ) as found,
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from steps
)
select
    if(rates > 1, found, null) as value_found,
    case
        when rates < 2 then 'not decidable'
        when is_ever_faster then 'holds'
        when is_growing then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
