-- Return how closely any two states train and vote together, one row per year, without a build: from dyad('FRA', 'DEU').
-- Military exercises are those that both took part in, alone or with others. The Assembly's session is the one that opened in the year. The
-- Council's votes are vetoed drafts on which both votes are documented and, if the release has them, adopted resolutions, most of which are
-- unanimous. Blocs, and their bank and fund, are those of which both are members at the end of the year, or on the release's day. A flag is
-- false in a year that no source covers for the pair, and its columns are empty, except that the last known blocs stand in later years; a
-- percentage is also empty if the two had no vote in common.
create or replace macro main.dyad(a, b) as table
with
pair as (
    select least(upper(a), upper(b)) as iso3_a, greatest(upper(a), upper(b)) as iso3_b
),
checked as (
    select
        iso3_a,
        iso3_b,
        case
            when iso3_a = iso3_b then error('dyad(' || iso3_a || ', ' || iso3_b || '): a dyad is two different states; name another one')
            when (select count(*) from raw.country where iso3 in (iso3_a, iso3_b)) < 2 then
                error('dyad(' || iso3_a || ', ' || iso3_b || '): not two known country codes; choose codes from raw.country')
            when exists (
                from raw.succession
                where (predecessor_iso3, successor_iso3) in ((iso3_a, iso3_b), (iso3_b, iso3_a))
            ) then error('dyad(' || iso3_a || ', ' || iso3_b || '): one succeeded the other, see raw.succession; name another state')
        end as problem
    from pair
),
release as (
    select value::date as as_of from catalog.parameter where name = 'as_of'
),
years as (
    select unnest(range(1946, year(as_of) + 1)) as year, as_of from release
),
covered as (
    -- a source that names the pair comes before one that covers every pair
    select y.year, f.kind, arg_min(s.source, s.coverage_dyads is null) as source
    from years as y
    cross join checked as p
    join catalog.source as s
        on y.year between year(s.coverage_first) and year(s.coverage_last)
        and (s.coverage_dyads is null or list_contains(s.coverage_dyads, p.iso3_a || '-' || p.iso3_b))
    join (select distinct kind, source from raw.whole_file) as f on f.source = s.source
    where p.problem is null
    group by y.year, f.kind
),
exercises as (
    select c.year, count(e.exercise_id) as military_exercises
    from covered as c
    cross join checked as p
    left join core.exercise as e  -- any number: counted by year
        on e.source = c.source and year(e.start_date) = c.year and e.category = 'core_military'
        and list_has_all(e.participants, [p.iso3_a, p.iso3_b])
    where c.kind = 'exercise'
    group by c.year
),
blocs as (
    select y.year, list(distinct a.bloc order by a.bloc) as shared_blocs
    from years as y
    cross join checked as p
    join core.membership as a on a.iso3 = p.iso3_a
    join core.membership as b on b.iso3 = p.iso3_b and b.bloc = a.bloc
    where a.status = 'member' and b.status = 'member' and not a.is_disputed and not b.is_disputed
        and greatest(a.since, b.since) <= least(make_date(y.year, 12, 31), y.as_of)
        and least(coalesce(a.until, date '9999-12-31'), coalesce(b.until, date '9999-12-31')) > least(make_date(y.year, 12, 31), y.as_of)
    group by y.year
),
assembly_votes as (
    select
        v.session,
        case when contains(v.yes_states, p.iso3_a) then 1 when contains(v.no_states, p.iso3_a) then -1
            when contains(v.abstained_states, p.iso3_a) then 0 end as vote_a,
        case when contains(v.yes_states, p.iso3_b) then 1 when contains(v.no_states, p.iso3_b) then -1
            when contains(v.abstained_states, p.iso3_b) then 0 end as vote_b
    from core.assembly_vote as v
    cross join checked as p
    where p.problem is null
),
assembly as (
    select
        1945 + session as year, count(*) as assembly_votes, 100 * avg((vote_a = vote_b)::int) as assembly_identical_pct,
        100 * avg(1 - abs(vote_a - vote_b) / 2) as assembly_half_pct
    from assembly_votes
    where vote_a is not null and vote_b is not null
    group by session
),
council_votes as (
    select v.vote_date, c.member_iso3, c.draft_symbol as vote_on, c.vote, list_contains(v.vetoed_by, c.member_iso3) as is_veto
    from core.council_vote as c
    join core.veto as v on v.draft_symbol = c.draft_symbol
    union all
    select vote_date, member_iso3, resolution, vote, false from core.resolution_vote
),
council as (
    select
        year(x.vote_date) as year, count(*) as council_votes, 100 * avg((x.vote = y.vote)::int) as council_identical_pct,
        count(*) filter (where x.is_veto and y.is_veto) as joint_vetoes
    from council_votes as x
    join checked as p on p.iso3_a = x.member_iso3
    join council_votes as y on y.member_iso3 = p.iso3_b and y.vote_on = x.vote_on
    where p.problem is null
    group by year(x.vote_date)
)
select
    p.iso3_a || '-' || p.iso3_b as dyad,
    y.year,
    e.military_exercises,
    e.year is not null as exercises_covered,
    if(y.year between a.first_year and a.last_year, coalesce(s.assembly_votes, 0), null) as assembly_votes,
    s.assembly_identical_pct,
    s.assembly_half_pct,
    coalesce(y.year between a.first_year and a.last_year, false) as assembly_covered,
    if(r.year is not null, coalesce(c.council_votes, 0), null) as council_votes,
    c.council_identical_pct,
    if(r.year is not null, coalesce(c.joint_vetoes, 0), null) as joint_vetoes,
    r.year is not null as council_covered,
    if(y.year >= o.first_year, coalesce(b.shared_blocs, []), null) as shared_blocs,
    m.year is not null as blocs_covered
from years as y
cross join checked as p
cross join (select 1945 + min(session) as first_year, 1945 + max(session) as last_year from core.assembly_vote) as a
cross join (select min(year) as first_year from covered where kind = 'membership') as o
left join exercises as e on e.year = y.year  -- at most one: its group
left join assembly as s on s.year = y.year  -- at most one: its group
left join council as c on c.year = y.year  -- at most one: its group
left join covered as r on r.year = y.year and r.kind = 'roll_call'  -- at most one: its group
left join blocs as b on b.year = y.year  -- at most one: its group
left join covered as m on m.year = y.year and m.kind = 'membership'  -- at most one: its group
order by y.year;
