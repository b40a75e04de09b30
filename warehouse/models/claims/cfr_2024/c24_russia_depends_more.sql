-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: highly lopsided. Russia depends far more on China than vice versa
-- claim: Russia depends on trade with China far more than China on trade with Russia.
-- rule: In the newest year in which both shares are known, China's share of Russia's trade is at least twice Russia's share of China's
--   trade; if it is larger but less than twice, the claim holds in part. If a year has two published shares of a country, Russia's smaller
--   one and China's larger one are compared. The ratio of twenty years before is reported too.
-- claimed: far more
-- searched: trade_flow
with
shares as (
    select
        year,
        min(share_pct) filter (where country = 'RUS') as of_russia,
        max(share_pct) filter (where country = 'CHN') as of_china,
        flatten(list(evidence)) as evidence
    from charts.trade_dependence
    where dyad = 'CHN-RUS' and rule = 'A' and share_pct is not null
    group by year
    having of_russia is not null and of_china is not null
),
newest as (
    from shares
    qualify row_number() over (order by year desc) = 1
),
one as (
    select
        n.*,
        e.of_russia as early_russia,
        e.of_china as early_china,
        e.year as early_year,
        list_sort(list_distinct(list_concat(coalesce(n.evidence, []), coalesce(e.evidence, [])))) as cited
    from (select 1)
    left join newest as n on true
    left join shares as e on e.year = n.year - 20
)
select
    printf('%.1f %% of Russia''s trade and %.1f %% of China''s in %d, %.1f times', of_russia, of_china, year, of_russia / of_china)
    || coalesce(printf('; %.1f times in %d', early_russia / early_china, early_year), '') as value_found,
    case
        when year is null then 'not decidable'
        when of_russia >= 2 * of_china then 'holds'
        when of_russia > of_china then 'holds in part'
        else 'does not hold'
    end as verdict,
    cited as evidence
from one
