-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: China benefits from Russia's abundance of oil and natural gas to meet its enormous energy needs
-- claim: Oil and gas are the greater part of what Russia sells China.
-- rule: Crude oil (HS 2709) and natural gas with other petroleum gases (HS 2711) are more than half of Russia's exports to China in the
--   newest year documented: by a series that gives these headings and every chapter, if one was public; otherwise by the press figures of
--   both as a share of China's imports from Russia.
-- claimed: oil and gas
-- searched: trade_by_product
with
products as (
    select
        year, source,
        sum(value_usd) filter (where hs_code in ('2709', '2711')) as fuels_usd,
        sum(value_usd) filter (where length(hs_code) = 2) as usd,
        list(evidence_id order by evidence_id) as evidence
    from core.trade_by_product
    where exporter = 'RUS' and importer = 'CHN' and is_current and (length(hs_code) = 2 or hs_code in ('2709', '2711'))
    group by year, source
    having count(*) filter (where hs_code in ('2709', '2711')) = 2 and bool_or(length(hs_code) = 2)
    qualify row_number() over (order by year desc, source) = 1
),
headings as (
    select year, 100 * fuels_usd / usd as share_pct, evidence
    from products
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
    select f.year, 100 * f.usd / t.value_usd as share_pct, list_concat(f.evidence, t.evidence) as evidence
    from fuels as f
    join charts.bilateral_trade as t  -- at most one: the headline of a year and direction
        on t.dyad = 'CHN-RUS' and t.frequency = 'annual' and t.exporter = 'RUS' and t.is_headline and year(t.period_start) = f.year
),
newest as (
    from headings
    union all
    from press where not exists (from headings)
),
one as (
    select n.*
    from (select 1)
    left join newest as n on true
)
select
    printf('%.1f %% of Russia''s exports to China in %d', share_pct, year) as value_found,
    case when share_pct is null then 'not decidable' when share_pct > 50 then 'holds' else 'does not hold' end as verdict,
    coalesce(list_sort(list_distinct(evidence)), []) as evidence
from one
