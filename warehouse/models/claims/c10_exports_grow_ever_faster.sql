-- dyad: CHN-RUS
-- claim: China's exports to Russia grow ever faster.
-- rule: Year-on-year rates of China's exports since 2022 on one basis reported by China, in consecutive years; each must exceed
--   the last. The newest year without an annual rate is rated by its months that are known in both years, at least three. Of
--   the bases with two rates or more, the one that reaches furthest, then the longest, decides. If every rate is positive but
--   not each exceeds the last, it holds in part.
-- claimed: ever faster
-- searched: trade_flow
with
exports as (
    select frequency, basis, period_start, year(period_start) as year, value_usd, change_pct, evidence
    from charts.bilateral_trade
    where dyad = 'CHN-RUS' and exporter = 'CHN' and reporter = 'CHN' and not is_partial
),
annual_rates as (
    select basis, year, change_pct as rate, null::bigint as months, evidence
    from exports
    where frequency = 'annual' and change_pct is not null and year >= 2022
),
monthly_rates as (
    select
        a.basis, a.year, 100 * (sum(a.value_usd) / sum(b.value_usd) - 1) as rate, count(*) as months,
        flatten(list(list_concat(a.evidence, b.evidence))) as evidence
    from exports as a
    join exports as b  -- at most one: a month of a basis
        on b.basis = a.basis and b.frequency = 'monthly' and b.period_start = a.period_start - interval 1 year
    where a.frequency = 'monthly'
        and a.year > coalesce((select max(r.year) from annual_rates as r where r.basis = a.basis), 2021)
    group by a.basis, a.year
    having count(*) >= 3
),
rates as (
    select * from annual_rates
    union all
    select * from monthly_rates
),
runs as (
    select *, year - row_number() over (partition by basis order by year) as run
    from rates
),
steps as (
    select *, rate > lag(rate) over (partition by basis, run order by year) as is_faster
    from runs
),
judged as (
    select
        basis,
        count(*) as rates,
        max(year) as last_year,
        bool_and(is_faster) as is_ever_faster,
        bool_and(rate > 0) as is_growing,
        string_agg(printf('%d %+.1f %%', year, rate) || if(months is null, '', printf(' (%d months)', months)), ', ' order by year) as found,
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from steps
    group by basis, run
    qualify row_number() over (order by count(*) >= 2 desc, max(year) desc, count(*) desc, basis) = 1
),
one as (
    select j.*
    from (select 1)
    left join judged as j on true
)
select
    found || ' (' || basis || ')' as value_found,
    case
        when coalesce(rates, 0) < 2 then 'not documented'
        when is_ever_faster then 'holds'
        when is_growing then 'holds in part'
        else 'fails'
    end as verdict,
    coalesce(evidence, []) as evidence
from one
