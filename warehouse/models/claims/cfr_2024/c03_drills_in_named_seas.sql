-- dyad: CHN-RUS
-- section: Growing Military Ties
-- quote: Since 2012, ... bilateral naval simulations in geopolitically strategic seas
-- claim: Since 2012 the two have held bilateral naval drills, among other places in the East China Sea and the Sea of Japan.
-- rule: In each of the two seas at least one bilateral drill or patrol has begun since 2012-01-01. The first date in every sea is reported
--   too, since the first drills of the series were in another sea.
-- claimed: East China Sea and Sea of Japan since 2012
-- searched: exercise
with
touched as (
    select unnest(seas) as sea, start_date, evidence
    from charts.naval_drills
    where dyad = 'CHN-RUS' and format = 'bilateral' and start_date >= date '2012-01-01'
),
firsts as (
    select sea, min(start_date) as first_date, flatten(list(evidence)) as evidence
    from touched
    group by sea
),
counted as (
    select
        count(*) as seas,
        count(*) filter (where sea in ('East China Sea', 'Sea of Japan')) as named_seas,
        string_agg(sea || ' ' || first_date, ', ' order by first_date, sea) as found,
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from firsts
)
select
    'first in each sea: ' || found as value_found,
    case
        when seas = 0 then 'not decidable'
        when named_seas = 2 then 'holds'
        when named_seas = 1 then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
