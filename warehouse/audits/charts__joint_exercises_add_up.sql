-- audit: in each year that a list of exercises covers for the dyad, the counts of exercises and of patrols are those of core.exercise
-- table: charts.joint_exercises
with
charted as (
    select dyad, year, sum(exercise_count) as exercise_count, sum(of_which_patrols) as patrol_count
    from charts.joint_exercises
    group by dyad, year
),
documented as (
    select d.dyad, year(e.start_date) as year, count(*) as exercise_count, count(*) filter (where e.is_patrol) as patrol_count
    from core.dyad as d
    join core.exercise as e on list_contains(e.participants, d.iso3_a) and list_contains(e.participants, d.iso3_b)
    where exists (
        from catalog.source as s
        join raw.whole_file as f on f.source = s.source and f.kind = 'exercise'
        where catalog.covers(s.coverage_dyads, d.dyad) and year(e.start_date) between year(s.coverage_first) and year(s.coverage_last)
    )
    group by d.dyad, year(e.start_date)
)
select
    concat_ws(' ', dyad, year) as at,
    coalesce(c.exercise_count, 0)::bigint as exercise_count,
    coalesce(e.exercise_count, 0) as documented_exercises,
    coalesce(c.patrol_count, 0)::bigint as of_which_patrols,
    coalesce(e.patrol_count, 0) as documented_patrols
from charted as c
full join documented as e using (dyad, year)
where coalesce(c.exercise_count, 0) <> coalesce(e.exercise_count, 0) or coalesce(c.patrol_count, 0) <> coalesce(e.patrol_count, 0)
