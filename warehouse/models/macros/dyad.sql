-- Return how closely any two states train, trade and vote together, one row per year, without a build: from dyad('FRA', 'DEU').
-- With directed := true every year has a second row, in which the states are in the other order. Trade comes from BACI if the release has
-- a trade file and its edition covers the year, otherwise from the headline series of a pair of the release; trade_basis names the series. Military
-- exercises are those that both took part in, alone or with others. The Assembly's session is the one that opened in the year. The
-- Council's votes are the vetoed drafts on which every member's vote is documented and, if the release has them, adopted resolutions, most
-- of which are unanimous. The Assembly and the Council each count as covered in a year with such votes of both states; the Council also
-- counts as covered for members of the United Nations in a year whose vetoed drafts all have the votes of every member, or that had none.
-- Blocs are BRICS and the SCO, if both are members at the end of the year, or on the release's day. If no source covers a year for the pair,
-- the flag is false and its columns are empty, except that later years repeat the last known blocs and joint vetoes are known wherever the
-- list of vetoes covers the year; a percentage is also empty if the two had no vote in common. The last column, evidence, has the ids of the
-- figures behind the row: a line each, a session's block of lines, or for a zero the whole list; ids of BACI's figures are those of its
-- edition's files.
create or replace macro main.dyad(a, b, directed := false) as table
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
    select distinct y.year, c.kind
    from years as y
    cross join checked as p
    join views.coverage as c
        on y.year between c.first_year and c.last_year and catalog.covers(c.coverage_dyads, p.iso3_a || '-' || p.iso3_b)
    where p.problem is null
),
lists as (
    -- the same ids as in raw.whole_file, computed here since that view reads every line
    select
        list(s.source || '/exercise@' || left(f.sha256, 8)) filter (where f.kind = 'exercise') as exercises,
        list(s.source || '/veto@' || left(f.sha256, 8)) filter (where f.kind = 'veto') as vetoes,
        list(s.source || '/membership@' || left(f.sha256, 8)) filter (where f.kind = 'membership') as memberships
    from raw.snapshot_file as f
    join catalog.source as s on s.source = f.source
    cross join checked as p
    where catalog.covers(s.coverage_dyads, p.iso3_a || '-' || p.iso3_b)
),
trade_flows as (
    -- least and greatest are constants here, which DuckDB uses to skip rows
    select year(period_start) as year, exporter, basis, value_usd, two_way_total_usd, evidence
    from dyad_trade(least(upper(a), upper(b)), greatest(upper(a), upper(b)))
    where frequency = 'annual' and not is_partial
),
trade as (
    select
        t.year, any_value(t.basis) as basis, any_value(t.value_usd) filter (where t.exporter = p.iso3_a) as a_sells_b_usd,
        any_value(t.value_usd) filter (where t.exporter = p.iso3_b) as b_sells_a_usd, any_value(t.two_way_total_usd) as two_way_total_usd,
        flatten(list(t.evidence)) as evidence
    from trade_flows as t
    cross join checked as p
    group by t.year
    union all by name
    select v.year, v.basis, v.a_sells_b_usd, v.b_sells_a_usd, v.two_way_total_usd, v.evidence
    from views.annual_trade as v
    join checked as p on p.iso3_a = v.iso3_a and p.iso3_b = v.iso3_b
    where not v.is_partial and v.year not in (select year from trade_flows)
),
exercises as (
    select
        c.year, count(e.exercise_id) as military_exercises,
        list(e.evidence_id) filter (where e.evidence_id is not null) as evidence
    from covered as c
    cross join checked as p
    left join core.exercise as e  -- any number: counted by year
        on year(e.start_date) = c.year and e.category = 'core_military' and list_has_all(e.participants, [p.iso3_a, p.iso3_b])
    where c.kind = 'exercise'
    group by c.year
),
assembly_votes as (
    select
        v.session, v.is_contested,
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
        1945 + session as year, count(vote_a + vote_b) as assembly_votes, 100 * avg((vote_a = vote_b)::int) as assembly_identical_pct,
        100 * avg(1 - abs(vote_a - vote_b) / 2) as assembly_half_pct, count(vote_a + vote_b) filter (where is_contested) as assembly_contested_votes,
        100 * avg((vote_a = vote_b)::int) filter (where is_contested) as assembly_contested_pct
    from assembly_votes
    group by session
    having count(vote_a) > 0 and count(vote_b) > 0  -- a state that was no member has no vote
),
session_lines as (
    select 1945 + session as year, list(evidence_id) as evidence from core.assembly_session_lines group by session
),
council_ballots as (
    -- votes on which both are documented
    select v.vote_date, list(c.evidence_id) as evidence
    from core.council_vote as c
    join core.veto as v on v.draft_symbol = c.draft_symbol  -- one: its key
    join checked as p on c.member_iso3 in (p.iso3_a, p.iso3_b)
    group by c.draft_symbol, v.vote_date
    having count(*) = 2
    union all
    select r.vote_date, list(r.evidence_id)
    from core.resolution_vote as r
    join checked as p on r.member_iso3 in (p.iso3_a, p.iso3_b)
    group by r.resolution, r.vote_date
    having count(*) = 2
),
council_lines as (
    select year(vote_date) as year, flatten(list(evidence)) as evidence from council_ballots group by year(vote_date)
),
council as (
    -- if no roll call of the year is missing, it is known of members of the United Nations that they had no vote in common
    select d.year
    from views.council_documented_year as d
    join checked as p on p.problem is null
    join views.un_member as a on a.iso3 = p.iso3_a and d.year between year(a.since) and coalesce(year(a.until), d.year)
    join views.un_member as b on b.iso3 = p.iso3_b and d.year between year(b.since) and coalesce(year(b.until), d.year)
    union
    select v.year from views.council_year as v join checked as p on p.iso3_a = v.iso3_a and p.iso3_b = v.iso3_b and v.votes > 0
)
select
    p.iso3_a || '-' || p.iso3_b as dyad,
    x.iso3_1,
    x.iso3_2,
    y.year,
    case when x.iso3_1 = p.iso3_a then t.a_sells_b_usd else t.b_sells_a_usd end as exports_1_to_2_usd,
    case when x.iso3_1 = p.iso3_a then t.b_sells_a_usd else t.a_sells_b_usd end as exports_2_to_1_usd,
    t.two_way_total_usd,
    t.basis as trade_basis,
    t.year is not null as trade_covered,
    e.military_exercises,
    e.year is not null as exercises_covered,
    s.assembly_votes,
    s.assembly_identical_pct,
    s.assembly_half_pct,
    s.assembly_contested_votes,
    s.assembly_contested_pct,
    s.year is not null as assembly_covered,
    case when n.year is not null then coalesce(c.votes, 0) end as council_votes,
    c.identical_pct as council_identical_pct,
    case when r.year is not null then coalesce(c.joint_vetoes, 0) end as joint_vetoes,
    n.year is not null as council_covered,
    case when y.year >= o.first_year then coalesce(b.shared_blocs, []) end as shared_blocs,
    m.year is not null as blocs_covered,
    list_sort(list_distinct(flatten([
        coalesce(t.evidence, []),
        coalesce(e.evidence, case when e.year is not null then l.exercises end, []),
        case when s.year is not null then g.evidence else [] end,
        coalesce(k.evidence, case when n.year is not null or r.year is not null then l.vetoes else [] end),
        coalesce(b.evidence, case when y.year >= o.first_year then l.memberships else [] end)
    ]))) as evidence
from years as y
cross join checked as p
cross join lateral (
    values (p.iso3_a, p.iso3_b, true), (p.iso3_b, p.iso3_a, directed)
) as x (iso3_1, iso3_2, is_wanted)
cross join (select min(year) as first_year from covered where kind = 'membership') as o
cross join lists as l
left join trade as t on t.year = y.year  -- at most one: its group
left join exercises as e on e.year = y.year  -- at most one: its group
left join assembly as s on s.year = y.year  -- at most one: its group
left join views.council_year as c on c.iso3_a = p.iso3_a and c.iso3_b = p.iso3_b and c.year = y.year  -- at most one: its group
left join council as n on n.year = y.year  -- at most one: UNION removes duplicates
left join session_lines as g on g.year = y.year  -- at most one: its group
left join council_lines as k on k.year = y.year  -- at most one: its group
left join covered as r on r.year = y.year and r.kind = 'roll_call'  -- at most one: SELECT DISTINCT
left join views.shared_bloc as b on b.iso3_a = p.iso3_a and b.iso3_b = p.iso3_b and b.year = y.year  -- at most one: its group
left join covered as m on m.year = y.year and m.kind = 'membership'  -- at most one: SELECT DISTINCT
where x.is_wanted
order by x.iso3_1, y.year;
