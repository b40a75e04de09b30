-- view: Trade, exercises, votes and shared blocs of a pair, one row per year
-- dyad: The pair of states: two ISO 3166 alpha-3 codes in alphabetical order
-- year: Calendar year
-- name_a: Name of the dyad's first state
-- name_b: Name of the dyad's second state
-- a_sells_b_usd: What the first state sells the second in the headline series, current US dollars; empty if not published [USD]
-- b_sells_a_usd: What the second state sells the first in the headline series, current US dollars; empty if not published [USD]
-- two_way_total_usd: Both directions, or the total if only that is published, current US dollars [USD]
-- basis: Published series that the trade is from; not the same in all years
-- military_exercises: Joint military exercises begun in the year, of the two states alone or with others; empty outside coverage [count]
-- joint_patrols: Exercises of military_exercises that are joint patrols; empty outside coverage [count]
-- vetoed_drafts: Drafts and amendments that at least one of the two vetoed in the Security Council, if well documented; empty in a year
--   without one [count]
-- joint_vetoes: Votes of vetoed_drafts that both vetoed [count]
-- voted_alike: Votes of vetoed_drafts on which both votes are documented and alike; empty in a year without a vote on which both are
--   documented [count]
-- assembly_votes: Votes of the General Assembly's session that opened in the year, on which both voted; empty outside coverage [votes]
-- assembly_identical_pct: Identical votes among assembly_votes [%]
-- council_votes: Votes of the Security Council in which both states voted: on vetoed drafts with every member's vote documented, and on
--   adopted resolutions (most of them unanimous) if the release has those; empty in a year without one [votes]
-- council_identical_pct: Identical votes among council_votes [%]
-- shared_blocs: Blocs (BRICS and the SCO) of which both are undisputed members on 31 December, or on the release's day in its year; empty
--   outside coverage
with
trade as (
    select dyad, year, a_sells_b_usd, b_sells_a_usd, two_way_total_usd, basis from views.annual_trade
),
exercises as (
    select dyad, year, sum(exercise_count)::bigint as military_exercises, sum(of_which_patrols)::bigint as joint_patrols
    from charts.joint_exercises
    where category = 'core_military'
    group by dyad, year
),
vetoes as (
    select
        dyad,
        year,
        count(*) as vetoed_drafts,
        count(*) filter (where veto_type = 'joint') as joint_vetoes,
        -- one of the two vetoed, so that equal votes are documented ones
        case when bool_or(not list_has_any([vote_a, vote_b], ['no seat', 'not documented'])) then count(*) filter (where vote_a = vote_b) end
            as voted_alike
    from charts.security_council_vetoes
    where confidence = 'documented'
    group by dyad, year
),
assembly as (
    select dyad, year, votes as assembly_votes, agreement_pct as assembly_identical_pct
    from charts.assembly_agreement
    where rule = 'identical' and subject = 'all'
),
council as (
    select dyad, year, votes as council_votes, agreement_pct as council_identical_pct
    from charts.council_agreement
    where rule = 'identical' and votes_on = 'all'
),
blocs as (
    select m.dyad, m.year, coalesce(s.shared_blocs, []) as shared_blocs
    from (select distinct dyad, year(as_of) as year from charts.bloc_membership) as m
    join core.dyad as d on d.dyad = m.dyad  -- one: its key
    left join views.shared_bloc as s on s.iso3_a = d.iso3_a and s.iso3_b = d.iso3_b and s.year = m.year  -- at most one: its group
)
select
    dyad,
    year,
    a.name as name_a,
    b.name as name_b,
    t.a_sells_b_usd,
    t.b_sells_a_usd,
    t.two_way_total_usd,
    t.basis,
    e.military_exercises,
    e.joint_patrols,
    v.vetoed_drafts,
    v.joint_vetoes,
    v.voted_alike,
    g.assembly_votes,
    g.assembly_identical_pct,
    c.council_votes,
    c.council_identical_pct,
    m.shared_blocs
from trade as t
full join exercises as e using (dyad, year)  -- at most one: its group
full join vetoes as v using (dyad, year)  -- at most one: its group
full join assembly as g using (dyad, year)  -- at most one: its key
full join council as c using (dyad, year)  -- at most one: its key
full join blocs as m using (dyad, year)  -- at most one: its group
join core.dyad as d using (dyad)  -- one: its key
join raw.country as a on a.iso3 = d.iso3_a  -- one: its key
join raw.country as b on b.iso3 = d.iso3_b  -- one: its key
