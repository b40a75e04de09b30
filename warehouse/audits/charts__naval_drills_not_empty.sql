-- audit: a dyad with documented exercises at sea has rows
-- table: charts.naval_drills
with
expected as (
    select d.dyad
    from core.dyad as d
    join catalog.source as s on list_contains(s.coverage_dyads, d.dyad)
    join core.exercise as e
        on e.source = s.source and list_contains(e.participants, d.iso3_a) and list_contains(e.participants, d.iso3_b)
    where e.domain = 'naval' and e.category = 'core_military' and e.seas is not null
)
select e.dyad as at, count(*) as documented_rows, 0 as row_count
from expected as e
where e.dyad not in (select dyad from charts.naval_drills)
group by e.dyad
