-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: China is currently Russia's number-one trade partner
-- claim: China is Russia's first trading partner.
-- rule: China's rank among Russia's partners under counting rule A (every economy on its own) is 1 in the newest year documented, and
--   China's trade exceeds that of the EU as one partner in that year; if only January to November is published for the EU, that figure is
--   multiplied by 12/11. Without a figure for the EU, or with one above China's, the claim holds under the named rule A.
-- claimed: rank 1
-- searched: trade_flow
with
newest as (
    select year, rank, partner_count, trade_usd, is_mirror, evidence
    from charts.trade_dependence
    where dyad = 'CHN-RUS' and country = 'RUS' and rule = 'A' and rank is not null
    qualify row_number() over (order by year desc) = 1
),
bloc as (
    select
        sum(value_usd) as published_usd, sum(value_usd) * if(bool_or(is_partial), 12 / 11, 1) as trade_usd, bool_or(is_partial) as is_partial, list(evidence_id) as evidence
    from core.trade_flow
    where reporter = 'RUS' and partner_iso3 = 'EUU' and frequency = 'annual' and is_current
        and year(period_start) = (select n.year from newest as n)
    group by source
    qualify row_number() over (order by bool_or(is_partial), source) = 1
),
one as (
    select
        n.* exclude (evidence),
        b.trade_usd as bloc_usd,
        b.published_usd,
        b.is_partial,
        list_sort(list_distinct(list_concat(coalesce(n.evidence, []), coalesce(b.evidence, [])))) as evidence
    from (select 1)
    left join newest as n on true
    left join bloc as b on true
)
select
    printf('rank %d of %d in %d (A%s), %.1f bn USD', rank, partner_count, year, if(is_mirror, ', mirror figures', ''), trade_usd / 1e9)
    || coalesce(printf('; the EU as one partner %.1f%s', bloc_usd / 1e9, if(is_partial, printf(' (%.1f in eleven months, scaled to twelve)', published_usd / 1e9), '')), '') as value_found,
    case
        when rank is null then 'not decidable'
        when rank > 1 then 'does not hold'
        when bloc_usd < trade_usd then 'holds'
        else 'holds under a named rule'
    end as verdict,
    evidence
from one
