-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: China benefits from Russia's abundance of oil and natural gas to meet its enormous energy needs
-- claim: Oil and gas are the greater part of what Russia sells China.
-- rule: Energy is more than half of Russia's exports to China in the newest year documented: HS chapter 27, coal and electricity included,
--   if a table of chapters was public; otherwise the press figures of crude oil and natural gas as a share of China's imports from Russia.
-- claimed: energy
-- searched: trade_by_product
with
chapters as (
    select year, sum(share_pct) as share_pct, 'energy' as goods, flatten(list(evidence)) as evidence
    from charts.trade_composition
    where dyad = 'CHN-RUS' and exporter = 'RUS' and product_group = 'energy'
    group by year
    qualify row_number() over (order by year desc) = 1
),
fuels as (
    select year, sum(value_usd) as usd, list(evidence_id) as evidence
    from core.energy_volume
    where exporter = 'RUS' and importer = 'CHN' and period_label = 'year' and (hs_code = '2709' or hs_code like '2711%')
        and value_usd is not null and source = 'energy_press'
    group by year
    having bool_or(hs_code = '2709') and bool_or(hs_code like '2711%')
    qualify row_number() over (order by year desc) = 1
),
press as (
    select f.year, 100 * f.usd / t.value_usd as share_pct, 'crude oil and natural gas' as goods, list_concat(f.evidence, t.evidence) as evidence
    from fuels as f
    join charts.bilateral_trade as t  -- at most one: the headline of a year and direction
        on t.dyad = 'CHN-RUS' and t.frequency = 'annual' and t.exporter = 'RUS' and t.is_headline and year(t.period_start) = f.year
),
newest as (
    from chapters
    union all
    from press where not exists (from chapters)
),
one as (
    select n.*
    from (select 1)
    left join newest as n on true
)
select
    printf('%s: %.1f %% of Russia''s exports to China in %d', goods, share_pct, year) as value_found,
    case when share_pct is null then 'not decidable' when share_pct > 50 then 'holds' else 'does not hold' end as verdict,
    coalesce(list_sort(list_distinct(evidence)), []) as evidence
from one
