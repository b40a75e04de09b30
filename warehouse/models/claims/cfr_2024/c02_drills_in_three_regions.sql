-- dyad: CHN-RUS
-- section: Growing Military Ties
-- quote: several joint military drills, which have taken place in Europe, the Indo-Pacific, and the Middle East
-- claim: After the full-scale invasion of Ukraine the two held several drills together, in Europe, the Indo-Pacific and the Middle East.
-- rule: Core military exercises of both, alone or with others, at sea, on land or in the air, begun after 2022-02-24. Several is two or
--   more in each of the three regions; if a region has only one, the claim holds under the named rule that several refers to all regions
--   together; if a region has none, it holds in part. Exercises that are not well documented are listed but not counted. Coast guards, police, competitions and exercises that third states host are not
--   counted.
-- claimed: several, in three regions
-- searched: exercise
with
asked as (
    select unnest(['Europe', 'Indo-Pacific', 'Middle East']) as region
),
drills as (
    select
        region, count(*) filter (where confidence = 'documented') as drills, count(*) filter (where confidence <> 'documented') as doubtful,
        list(evidence_id) as evidence
    from core.exercise
    where list_contains(participants, 'CHN') and list_contains(participants, 'RUS')
        and category = 'core_military' and start_date > date '2022-02-24'
    group by region
),
counted as (
    select
        sum(drills) as drills,
        coalesce(sum(doubtful), 0) as doubtful,
        min(coalesce(d.drills, 0)) as fewest,
        count(*) filter (where d.drills > 0) as regions,
        string_agg(a.region || ' ' || coalesce(d.drills, 0), ', ' order by a.region) as found,
        list_sort(list_distinct(flatten(list(d.evidence) filter (where d.evidence is not null)))) as evidence
    from asked as a
    left join drills as d on d.region = a.region  -- at most one: its group
)
select
    if(drills > 0, found || if(doubtful > 0, printf('; %d more not well documented', doubtful), ''), null) as value_found,
    case
        when coalesce(drills, 0) = 0 then 'not decidable'
        when fewest >= 2 then 'holds'
        when fewest = 1 then 'holds under a named rule'
        when regions > 0 then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
