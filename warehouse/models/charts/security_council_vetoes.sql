-- grain: a vetoed vote in which a state of the dyad took part
-- key: dyad, draft_symbol
-- title: Vetoes in the UN Security Council
-- unit: vetoed votes
-- counting_rule: a vote counts once, however many permanent members vetoed it; amendments and parts are marked; successor states by date
-- how_to_read: veto_type says who of the dyad vetoed; vote_a and vote_b are the votes of the first and second state
-- not_shown: drafts withdrawn under the threat of a veto; votes that no record documents
select
    d.dyad,
    v.draft_symbol,
    v.meeting_record,
    v.vote_date,
    year(v.vote_date) as year,
    v.topic,
    v.vetoed_by,
    if(list_contains(v.vetoed_by, d.iso3_a), if(list_contains(v.vetoed_by, d.iso3_b), 'joint', 'first only'), 'second only') as veto_type,
    coalesce(a.vote, 'not documented') as vote_a,
    coalesce(b.vote, 'not documented') as vote_b,
    v.in_favour,
    v.against,
    v.abstained,
    v.sponsors,
    v.kind <> 'draft' as is_amendment,
    list_distinct(list_filter([v.evidence_id, a.evidence_id, b.evidence_id], lambda id: id is not null)) as evidence
from core.dyad as d
join core.veto as v on list_contains(v.vetoed_by, d.iso3_a) or list_contains(v.vetoed_by, d.iso3_b)
left join core.council_vote as a on a.draft_symbol = v.draft_symbol and a.member_iso3 = d.iso3_a  -- at most one: its key
left join core.council_vote as b on b.draft_symbol = v.draft_symbol and b.member_iso3 = d.iso3_b
-- successor states by date: a dyad's votes begin when both states exist under these codes
where v.vote_date >= coalesce(d.valid_from, date '1945-10-24') and v.vote_date <= coalesce(d.valid_to, date '9999-12-31')
