-- dyad: CHN-RUS
-- claim: After the full-scale invasion of Ukraine the two drilled together in Europe, the Indo-Pacific and the Middle East.
-- rule: At least one drill at sea in each of the three regions begun after 2022-02-24. Only drills at sea carry a region in
--   charts.naval_drills; all exercises of both, on land and in the air too, are counted beside it and do not decide.
-- claimed: at least one in each region
-- searched: exercise
with
asked as (
    select unnest(['Europe', 'Indo-Pacific', 'Middle East']) as region
),
at_sea as (
    select region, count(*) as drills, flatten(list(evidence)) as evidence
    from charts.naval_drills
    where dyad = 'CHN-RUS' and start_date > date '2022-02-24'
    group by region
),
everywhere as (
    select region, count(*) as exercises, list(evidence_id) as evidence
    from core.exercise
    where list_contains(participants, 'CHN') and list_contains(participants, 'RUS') and start_date > date '2022-02-24'
    group by region
),
counted as (
    select
        count(*) filter (where s.drills > 0) as regions,
        string_agg(a.region || ' ' || coalesce(s.drills, 0), ', ' order by a.region) as found,
        coalesce(flatten(list(s.evidence) filter (where s.evidence is not null)), []) as evidence
    from asked as a
    left join at_sea as s on s.region = a.region  -- at most one: its group
),
beside as (
    select string_agg(region || ' ' || exercises, ', ' order by region) as found, coalesce(flatten(list(evidence)), []) as evidence
    from everywhere
),
documented as (
    select count(*) as drills from charts.naval_drills where dyad = 'CHN-RUS'
)
select
    if(d.drills = 0 or getvariable('as_of') <= date '2022-02-24', null, 'at sea: ' || c.found || '; all exercises: ' || coalesce(b.found, 'none')) as value_found,
    case
        when d.drills = 0 or getvariable('as_of') <= date '2022-02-24' then 'not documented'
        when c.regions = 3 then 'holds'
        when c.regions > 0 then 'holds in part'
        else 'fails'
    end as verdict,
    list_sort(list_distinct(list_concat(c.evidence, b.evidence))) as evidence
from counted as c
cross join beside as b
cross join documented as d
