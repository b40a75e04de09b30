-- Return how often any two states voted alike in the United Nations, one row per year, without a build: from dyad('FRA', 'DEU').
-- A year without a vote in either body has no row. The Assembly's session is the one that opened in the year. The Council's votes are vetoed
-- drafts on which both votes are documented and, if the release has them, adopted resolutions, most of which are unanimous.
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
    p.iso3_a || '-' || p.iso3_b as dyad, year, s.assembly_votes, s.assembly_identical_pct, s.assembly_half_pct, c.council_votes,
    c.council_identical_pct, c.joint_vetoes
from assembly as s
full join council as c using (year)
cross join checked as p
order by year;
