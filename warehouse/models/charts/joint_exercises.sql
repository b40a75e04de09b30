-- grain: a year, a category and a format
-- key: dyad, year, category, format
-- chapter: train
-- title: Joint exercises per year
-- row_text: {exercise_count} joint exercises begun in {year}: {category}, {format}; {of_which_patrols} of them patrols
-- unit: exercises begun in the year
-- counting_rule: an exercise counts once, in the year it begins; bilateral: the two states alone, multilateral: with others; a joint patrol
--   is an exercise of its own
-- how_to_read: one row for each year, category and format; sum exercise_count over the categories you want, and subtract of_which_doubtful
--   for the well documented ones; the article counts core_military
-- not_shown: size and purpose of an exercise; exercises that no public source documents
-- note: a year without an exercise has rows of 0 if a source covers it for the dyad, and no rows otherwise; in a covered year an exercise
--   of both states counts whichever source lists it, since a list that covers all pairs leaves out the exercises that a list of one pair has
with
covered as (
    select
        d.dyad, d.iso3_a, d.iso3_b, s.source, s.coverage_dyads, least(s.coverage_last, getvariable('as_of')) as last_day,
        unnest(range(year(s.coverage_first), year(least(s.coverage_last, getvariable('as_of'))) + 1)) as year
    from core.dyad as d
    join catalog.source as s on catalog.covers(s.coverage_dyads, d.dyad)
    where s.source in (select f.source from raw.whole_file as f where f.kind = 'exercise')
),
counted as (
    -- of two sources, the one that names the dyad decides how far the year is covered
    select *
    from covered
    qualify row_number() over (partition by dyad, year order by coverage_dyads is null, source) = 1
),
grid as (
    select *
    from counted
    cross join (values ('core_military'), ('paramilitary_police'), ('coast_guard'), ('competition'), ('wider_multilateral')) as categories (category)
    cross join (values ('bilateral'), ('multilateral')) as formats (format)
),
whole_list as (
    select source, list(evidence_id order by evidence_id) as evidence from raw.whole_file where kind = 'exercise' group by source
)
select
    g.dyad,
    g.year,
    g.category,
    g.format,
    count(e.exercise_id) as exercise_count,
    count(e.exercise_id) filter (where e.is_patrol) as of_which_patrols,
    count(e.exercise_id) filter (where e.confidence <> 'documented') as of_which_doubtful,
    count(e.exercise_id) filter (where e.confidence <> 'documented' and e.is_patrol) as of_which_doubtful_patrols,
    g.last_day < make_date(g.year, 12, 31) as is_partial,
    -- a zero cites the whole list, since no line documents it
    coalesce(list(e.evidence_id order by e.evidence_id) filter (where e.evidence_id is not null), any_value(w.evidence)) as evidence
from grid as g
left join core.exercise as e
    on year(e.start_date) = g.year and e.category = g.category and e.format = g.format
    and list_has_all(e.participants, [g.iso3_a, g.iso3_b])
join whole_list as w on w.source = g.source  -- one: its group
group by g.dyad, g.year, g.category, g.format, g.last_day
