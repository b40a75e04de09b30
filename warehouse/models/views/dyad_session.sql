-- view: Agreement of every pair of states in the General Assembly, one row per pair and session; an absence is no vote
-- dyad: The pair of states: two ISO 3166 alpha-3 codes in alphabetical order; historical states by their withdrawn code
-- name_a: Name of the dyad's first state
-- name_b: Name of the dyad's second state
-- session: Regular session of the General Assembly
-- year: Year in which the session opened
-- votes: Votes on which both states voted [votes]
-- identical_pct: Identical votes, in per cent of votes [%]
-- half_pct: The same, with half an agreement for an abstention beside a yes or a no [%]
-- contested_votes: Of the votes, those on which not all states voted alike [votes]
-- contested_pct: Identical votes among contested_votes, as published series of agreement count them; empty if there are none [%]
with
numbered as (
    -- one of 255 bits for each roll call of a session (at most 160 so far): counting common bits is much faster than joining votes
    select session, evidence_id, is_contested, row_number() over (partition by session order by evidence_id) as bit
    from core.assembly_vote
),
ballots as (
    select
        n.session, v.iso3,
        bitstring_agg(n.bit, 1, 255) as voted,
        coalesce(bitstring_agg(n.bit, 1, 255) filter (where not n.is_contested), bitstring('0', 255)) as unanimous,
        coalesce(bitstring_agg(n.bit, 1, 255) filter (where v.vote = 'yes'), bitstring('0', 255)) as yes,
        coalesce(bitstring_agg(n.bit, 1, 255) filter (where v.vote = 'no'), bitstring('0', 255)) as no,
        coalesce(bitstring_agg(n.bit, 1, 255) filter (where v.vote = 'abstain'), bitstring('0', 255)) as abstained
    from views.assembly_vote as v
    join numbered as n on n.evidence_id = v.evidence_id  -- one: its key
    group by n.session, v.iso3
),
pairs as (
    select
        a.iso3 || '-' || b.iso3 as dyad,
        a.iso3 as iso3_a,
        b.iso3 as iso3_b,
        a.session,
        bit_count(a.voted & b.voted) as votes,
        bit_count(a.unanimous & b.unanimous) as unanimous,
        bit_count(a.yes & b.yes) + bit_count(a.no & b.no) + bit_count(a.abstained & b.abstained) as identical,
        bit_count(a.yes & b.no) + bit_count(a.no & b.yes) as opposite
    from ballots as a
    join ballots as b on b.session = a.session and b.iso3 > a.iso3
)
select
    dyad,
    a.name as name_a,
    b.name as name_b,
    session,
    1945 + session as year,
    votes,
    100.0 * identical / votes as identical_pct,
    100.0 * (votes - opposite + identical) / (2 * votes) as half_pct,
    votes - unanimous as contested_votes,
    100.0 * (identical - unanimous) / nullif(votes - unanimous, 0) as contested_pct
from pairs as p
join raw.country as a on a.iso3 = p.iso3_a  -- one: its key
join raw.country as b on b.iso3 = p.iso3_b  -- one: its key
where votes > 0
