-- grain: a drill or patrol at sea
-- key: dyad, exercise_id
-- chapter: train
-- title: Drills and patrols at sea
-- row_text: {name}, {sea}, {start_date} to {end_date}
-- unit: drills
-- counting_rule: core military and coast-guard exercises with a documented sea; air patrols are not drills at sea
-- how_to_read: one row for each drill, with the states documented at sea; coordinate_precision states whether the point
--   represents a port, an area or a country; seas lists all seas that the drill touched
-- not_shown: tracks and exact positions; the point is representative
-- drawn_on: core.country_shape
with
drills as (
    select d.dyad, d.iso3_a, d.iso3_b, e.*, coalesce(e.participants_at_sea, e.participants) as at_sea
    from core.dyad as d
    join catalog.source as s on catalog.covers(s.coverage_dyads, d.dyad)
    join core.exercise as e on e.source = s.source and list_has_all(coalesce(e.participants_at_sea, e.participants), [d.iso3_a, d.iso3_b])
    where e.seas is not null and e.domain <> 'air' and e.category in ('core_military', 'coast_guard')
),
seas as (
    select
        x.dyad,
        x.exercise_id,
        list(distinct s.canonical_sea order by s.canonical_sea) as seas,
        max_by(s.canonical_sea, x.sea = x.first_sea) as sea,
        max_by(s.region, x.sea = x.first_sea) as region,
        bool_or(s.is_first_island_chain) as touches_first_island_chain,
        list(distinct s.evidence_id order by s.evidence_id) as evidence
    from (select dyad, exercise_id, unnest(seas) as sea, seas[1] as first_sea from drills) as x
    join raw.sea as s on s.sea = x.sea  -- one: its key
    group by x.dyad, x.exercise_id
)
select
    d.dyad,
    d.exercise_id,
    d.name,
    d.series,
    d.start_date,
    d.end_date,
    d.date_precision,
    year(d.start_date) as year,
    d.format,
    list_filter(d.at_sea, lambda p: p not in (d.iso3_a, d.iso3_b)) as other_participants,
    s.sea,
    list_concat([s.sea], list_filter(s.seas, lambda other: other <> s.sea)) as seas,
    s.region,
    d.latitude,
    d.longitude,
    d.coordinate_precision,
    s.touches_first_island_chain,
    d.confidence,
    list_concat([d.evidence_id], s.evidence) as evidence
from drills as d
join seas as s on s.dyad = d.dyad and s.exercise_id = d.exercise_id  -- one: its group
