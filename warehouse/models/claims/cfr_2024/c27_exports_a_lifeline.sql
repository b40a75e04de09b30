-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: China's exports have become a lifeline for the Russian economy
-- claim: Since the invasion of Ukraine, Russia's supply rests on China's exports.
-- rule: China's exports to Russia in 2023 as a share of Russia's total imports by Russian customs are compared with China's share of
--   Russia's imports in 2020, the last year of Russia's own table. The claim holds under the rule that a share that grew by half or more is
--   a lifeline; if it grew by less, the claim holds in part. The two years have different bases, since Russia has published no figures by
--   partner since 2022.
-- claimed: a lifeline
-- searched: trade_flow
with
own as (
    select partner_iso3, value_usd, evidence_id
    from core.trade_flow
    where source = 'imf_dots' and reporter = 'RUS' and flow = 'import' and frequency = 'annual' and is_current
        and period_start = date '2020-01-01' and partner_iso3 in ('CHN', 'WLD')
),
before as (
    select
        100 * sum(value_usd) filter (where partner_iso3 = 'CHN') / sum(value_usd) filter (where partner_iso3 = 'WLD') as pct,
        list(evidence_id) as evidence
    from own
),
since as (
    select 100 * any_value(b.value_usd) / any_value(s.value) as pct, list_concat(flatten(list(b.evidence)), list(s.evidence_id)) as evidence
    from charts.bilateral_trade as b
    join core.statement as s on s.topic = 'Russia''s imports in 2023'  -- one: a statement on the topic
    where b.dyad = 'CHN-RUS' and b.frequency = 'annual' and b.exporter = 'CHN' and b.is_headline and b.period_start = date '2023-01-01'
)
select
    printf('%.1f %% of Russia''s imports in 2020, %.1f %% in 2023', b.pct, s.pct) as value_found,
    case
        when b.pct is null or s.pct is null then 'not decidable'
        when s.pct >= 1.5 * b.pct then 'holds under a named rule'
        when s.pct > b.pct then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(list_sort(list_distinct(list_concat(b.evidence, s.evidence))), []) as evidence
from before as b
cross join since as s
