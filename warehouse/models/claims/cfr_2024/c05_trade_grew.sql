-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: bilateral trade has increased over the past twenty years
-- claim: Two-way trade grew over twenty years.
-- rule: The two-way total of 2023 exceeds that of 2003. If one basis gives both years, the claim holds. If none does but China
--   reported the headline bases of both years, these are compared and the claim holds under that named rule; the largest gap between
--   these bases in a year that both give is reported too.
-- claimed: grew
-- searched: trade_flow
with
totals as (
    select
        year(period_start) as year, basis, bool_or(is_headline) as is_headline, any_value(reporter) as reporter,
        any_value(two_way_total_usd) as usd, flatten(list(evidence)) as evidence
    from charts.bilateral_trade
    where dyad = 'CHN-RUS' and frequency = 'annual' and not is_partial and two_way_total_usd is not null
    group by year, basis
),
pairs as (
    select
        a.usd as first_usd, b.usd as last_usd, a.basis as first_basis, b.basis as last_basis,
        a.basis = b.basis as is_same_basis, list_concat(a.evidence, b.evidence) as evidence
    from totals as a
    join totals as b
        on b.year = 2023
        and (b.basis = a.basis or (a.is_headline and b.is_headline and a.reporter = 'CHN' and b.reporter = 'CHN'))
    where a.year = 2003
    qualify row_number() over (order by a.basis = b.basis desc, a.is_headline desc, a.basis) = 1
),
overlap as (
    select max(100 * abs(b.usd / a.usd - 1)) as gap_pct, flatten(list(list_concat(a.evidence, b.evidence))) as evidence
    from pairs as p
    join totals as a on a.basis = p.first_basis
    join totals as b on b.basis = p.last_basis and b.year = a.year
    where not p.is_same_basis
),
one as (
    select p.*, o.gap_pct, coalesce(o.evidence, []) as overlap_evidence
    from (select 1)
    left join pairs as p on true
    cross join overlap as o
)
select
    printf('%.1f bn USD in 2003, %.1f in 2023', first_usd / 1e9, last_usd / 1e9)
    || if(
        is_same_basis,
        ' (' || first_basis || ')',
        ' (' || first_basis || '; ' || last_basis || coalesce(printf('; these differ by at most %.1f %% where both exist', gap_pct), '') || ')'
    ) as value_found,
    case
        when first_usd is null then 'not decidable'
        when last_usd <= first_usd then 'does not hold'
        when is_same_basis then 'holds'
        else 'holds under a named rule'
    end as verdict,
    coalesce(list_sort(list_distinct(list_concat(evidence, overlap_evidence))), []) as evidence
from one
