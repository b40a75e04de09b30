-- grain: a member's vote on a vetoed draft
-- key: draft_symbol, member_iso3
-- note: a vetoing member voted no, whether or not the roll call is documented; a recorded vote is preferred to this inference
with
votes as (
    select r.draft_symbol, r.member_iso3, r.vote, r.evidence_id, 1 as preference
    from raw.roll_call as r
    join core.veto as v on v.draft_symbol = r.draft_symbol  -- one: its key
    union all
    select draft_symbol, unnest(vetoed_by), 'no', evidence_id, 2
    from core.veto
)
select draft_symbol, member_iso3, vote, evidence_id
from votes
qualify row_number() over (partition by draft_symbol, member_iso3 order by preference) = 1
