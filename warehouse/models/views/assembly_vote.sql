-- view: Single votes of the General Assembly, one row per roll call and state; an absent state has no row
-- session: Regular session of the General Assembly
-- vote_date: Day of the vote; the month's last day if only the month is documented
-- resolution: UN symbol of the resolution voted on, in whole or in part; empty if the source gives none
-- title: Title of the resolution or the vote
-- roll_call: Id of the roll call in its source
-- source: Source folder the vote comes from
-- iso3: State that voted; historical states by their withdrawn code
-- country_name: English short name of the state
-- vote: Recorded vote: yes, no or abstain
-- evidence_id: Id of the roll call in core.evidence
with
members as (
    select evidence_id, 'yes' as vote, unnest(string_split(yes_states, ';')) as iso3 from core.assembly_vote
    union all
    select evidence_id, 'no', unnest(string_split(no_states, ';')) from core.assembly_vote
    union all
    select evidence_id, 'abstain', unnest(string_split(abstained_states, ';')) from core.assembly_vote
)
select v.session, v.vote_date, v.resolution, v.title, v.roll_call, v.source, m.iso3, s.name as country_name, m.vote, v.evidence_id
from core.assembly_vote as v
join members as m on m.evidence_id = v.evidence_id
join raw.country as s on s.iso3 = m.iso3  -- one: its key
