-- dyad: CHN-RUS
-- claim: China is Russia's first trading partner.
-- rule: China's rank among Russia's partners under counting rule A (every economy on its own) in the newest year documented is
--   1. Rule C (the EU and ASEAN as one partner each) is reported with its own newest year: where it gives another rank, the
--   claim holds under the named rule A.
-- claimed: rank 1
-- searched: trade_flow
with
newest as (
    select rule, year, rank, partner_count, is_mirror, evidence
    from charts.trade_dependence
    where dyad = 'CHN-RUS' and country = 'RUS' and rule in ('A', 'C')
    qualify row_number() over (partition by rule order by year desc) = 1
),
ranks as (
    select
        any_value(rank) filter (where rule = 'A') as rank_a,
        any_value(rank) filter (where rule = 'C') as rank_c,
        string_agg(
            printf('rank %d of %d in %d (%s%s)', rank, partner_count, year, rule, if(is_mirror, ', mirror figures', '')), ', ' order by rule
        ) as found,
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from newest
)
select
    found as value_found,
    case
        when rank_a is null then 'not documented'
        when rank_a = 1 and coalesce(rank_c, 1) = 1 then 'holds'
        when rank_a = 1 then 'holds under a named rule'
        else 'fails'
    end as verdict,
    coalesce(evidence, []) as evidence
from ranks
