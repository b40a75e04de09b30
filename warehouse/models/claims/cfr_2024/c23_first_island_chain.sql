-- dyad: CHN-RUS
-- section: Growing Military Ties
-- quote: The seas include the Indo-Pacific first island chain
-- claim: Bilateral drills at sea since 2012 reach seas within the first island chain.
-- rule: At least one bilateral drill or patrol at sea begun since 2012-01-01 touched a sea that the chain encloses, and at least one the
--   East or South China Sea, which lie behind it by every definition; the Sea of Japan and the Yellow Sea do by most. With
--   these two alone the claim holds under a named rule. Drills that are not well documented are listed but not counted.
-- claimed: drills within the chain
-- searched: exercise
with
drills as (
    select
        touches_first_island_chain as is_within,
        list_has_any(seas, ['East China Sea', 'South China Sea']) as is_behind,
        confidence <> 'documented' as is_doubtful,
        evidence
    from charts.naval_drills
    where dyad = 'CHN-RUS' and format = 'bilateral' and start_date >= date '2012-01-01'
),
counted as (
    select
        count(*) filter (where not is_doubtful) as drills,
        count(*) filter (where is_within and not is_doubtful) as within,
        count(*) filter (where is_behind and not is_doubtful) as behind,
        count(*) filter (where is_doubtful) as doubtful,
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from drills
)
select
    if(drills = 0, null, printf('%d of %d bilateral drills, %d in the East or South China Sea', within, drills, behind))
    || if(doubtful > 0, printf('; %d more not well documented', doubtful), '') as value_found,
    case
        when drills = 0 then 'not decidable'
        when behind > 0 then 'holds'
        when within > 0 then 'holds under a named rule'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
