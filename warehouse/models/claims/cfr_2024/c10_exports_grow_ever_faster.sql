-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: China's exports to Russia also continue to grow at an increasingly rapid pace
-- claim: China's exports to Russia grow, and ever faster.
-- rule: Growth of China's exports from January to date against the same months of the year before, in the preliminary dollar figures of
--   Chinese customs, for each year since 2023 up to the newest month with a rate: as published with the figure, since customs revise the
--   year before, else computed from the figures first published for both years. The claim holds if every rate exceeds the one
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
published as (
    select period_start, change_pct, evidence_id
    from core.trade_growth
    where reporter = 'CHN' and partner_iso3 = 'RUS' and flow = 'export' and frequency = 'year_to_date'
    qualify row_number() over (partition by period_start order by known_on desc, evidence_id) = 1
),
rates as (
    select
        a.year, a.month, p.change_pct is null as is_computed,
        coalesce(p.change_pct, 100 * (a.value_usd / b.value_usd - 1)) as rate,
        list_filter([a.evidence_id, coalesce(p.evidence_id, b.evidence_id)], lambda id: id is not null) as evidence
    from months as a
    left join months as b on b.year = a.year - 1 and b.month = a.month  -- at most one: a month
    left join published as p on p.period_start = make_date(a.year, a.month, 1)  -- at most one: its qualify
    where a.year >= 2023 and (p.change_pct is not null or b.value_usd is not null)
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
            printf('%d %+.1f %%', year, rate) || if(month = 12, '', ' (to ' || monthname(make_date(year, month, 1)) || ')')
            || case when is_computed then ' (computed)' else '' end, ', ' order by year
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
