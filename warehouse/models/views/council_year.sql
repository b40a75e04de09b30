-- view: Agreement of every pair of states in the Security Council and their joint vetoes, one row per pair and year
-- iso3_a: First state of the pair, alphabetically
-- iso3_b: Second state of the pair
-- name_a: Name of the first state
-- name_b: Name of the second state
-- year: Calendar year
-- votes: Votes in which both states voted: on vetoed drafts with every member's vote documented, and on adopted resolutions (most of them
--   unanimous) if the release has those [votes]
-- identical_pct: Identical votes, in per cent of votes; NULL without votes [%]
-- joint_vetoes: Drafts that both states vetoed, also those on which the votes of other members are not documented [votes]
with
ballots as (
    -- on a partly documented draft often only the vetoes are documented, which are always alike and would bias the rate
    select
        c.draft_symbol as vote_on, v.vote_date, c.member_iso3, c.vote, list_contains(v.vetoed_by, c.member_iso3) as is_veto,
        v.has_roll_call as is_documented
    from core.council_vote as c
    join core.veto as v on v.draft_symbol = c.draft_symbol  -- one: its key
    union all
    select resolution, vote_date, member_iso3, vote, false, true from core.resolution_vote
)
select
    a.member_iso3 as iso3_a,
    b.member_iso3 as iso3_b,
    first.name as name_a,
    second.name as name_b,
    year(a.vote_date) as year,
    count(*) filter (where a.is_documented) as votes,
    100 * avg((a.vote = b.vote)::int) filter (where a.is_documented) as identical_pct,
    count(*) filter (where a.is_veto and b.is_veto) as joint_vetoes
from ballots as a
join ballots as b on b.vote_on = a.vote_on and b.member_iso3 > a.member_iso3
join raw.country as first on first.iso3 = a.member_iso3  -- one: its key
join raw.country as second on second.iso3 = b.member_iso3  -- one: its key
group by a.member_iso3, b.member_iso3, first.name, second.name, year(a.vote_date)
having votes > 0 or joint_vetoes > 0
