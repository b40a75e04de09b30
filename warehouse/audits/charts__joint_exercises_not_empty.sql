-- audit: years inside a source's coverage of the dyad have rows, zeros included
-- table: charts.joint_exercises
with
expected as (
    select d.dyad
    from core.dyad as d
    join catalog.source as s on list_contains(s.coverage_dyads, d.dyad) and s.coverage_first <= (select value::date from catalog.parameter where name = 'as_of')
    where s.source in (select f.source from raw.whole_file as f where f.kind = 'exercise')
)
select e.dyad as at, count(*) as documented_rows, 0 as row_count
from expected as e
where e.dyad not in (select dyad from charts.joint_exercises)
group by e.dyad
