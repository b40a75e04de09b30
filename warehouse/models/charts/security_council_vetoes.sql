-- grain: a vote of the Security Council that one or both states of the dyad vetoed
-- key: dyad, draft_symbol
-- chapter: vote
-- title: Vetoes in the UN Security Council
-- row_text: {draft_symbol}, {vote_date}, {topic}: vetoed by {vetoed_by}, with {in_favour} in favour, {against} against and {abstained}
--   abstaining
-- unit: votes that ended in a veto
-- counting_rule: a vote counts once, whatever the number of permanent members that vetoed it; is_amendment marks a vote on less than a
--   whole draft, such as an amendment; a successor state counts from the day on which it takes over the seat
-- how_to_read: veto_type names the states of the dyad that vetoed; vote_a and vote_b are the votes of the first and second state, no seat
--   if the state was no member of the Council, according to a roll call of all members or since it was no member of the United Nations
-- not_shown: drafts withdrawn under the threat of a veto; votes that no record documents
with
seats as (
    -- a state that is not a permanent member has no seat and adds no condition
    select d.dyad, max(s.valid_from) as held_from, min(s.valid_to) as held_to
    from core.dyad as d
    join raw.unsc_seat as s on s.iso3 in (d.iso3_a, d.iso3_b)
    group by d.dyad
)
select
    d.dyad,
    v.draft_symbol,
    v.draft_url,
    v.meeting_record,
    v.record_url,
    v.vote_date,
    year(v.vote_date) as year,
    v.topic,
    v.vetoed_by,
    if(list_contains(v.vetoed_by, d.iso3_a), if(list_contains(v.vetoed_by, d.iso3_b), 'joint', 'first only'), 'second only') as veto_type,
    coalesce(a.vote, if(v.has_roll_call or v.vote_date < m.un_member_from::date, 'no seat', 'not documented')) as vote_a,
    coalesce(b.vote, if(v.has_roll_call or v.vote_date < n.un_member_from::date, 'no seat', 'not documented')) as vote_b,
    v.in_favour,
    v.against,
    v.abstained,
    v.sponsors,
    v.kind <> 'draft' as is_amendment,
    v.sponsors_complete,
    v.confidence,
    list_distinct(list_filter([v.evidence_id, a.evidence_id, b.evidence_id], lambda id: id is not null)) as evidence
from core.dyad as d
join core.veto as v on list_contains(v.vetoed_by, d.iso3_a) or list_contains(v.vetoed_by, d.iso3_b)
left join core.council_vote as a on a.draft_symbol = v.draft_symbol and a.member_iso3 = d.iso3_a  -- at most one: its key
left join core.council_vote as b on b.draft_symbol = v.draft_symbol and b.member_iso3 = d.iso3_b
join raw.country as m on m.iso3 = d.iso3_a  -- one: its key
join raw.country as n on n.iso3 = d.iso3_b  -- one: its key
left join seats as s on s.dyad = d.dyad  -- at most one: its group
-- successor states by date: a dyad's votes begin when both states exist under these codes and hold their seats
where v.vote_date between coalesce(greatest(d.valid_from, s.held_from), v.vote_date) and coalesce(least(d.valid_to, s.held_to), v.vote_date)
