-- audit: a member that vetoed a draft is not recorded with another vote
-- table: core.council_vote
select c.draft_symbol || ' ' || c.member_iso3 as at, c.vote, c.evidence_id
from core.council_vote as c
join core.veto as v on v.draft_symbol = c.draft_symbol and list_contains(v.vetoed_by, c.member_iso3)
where c.vote <> 'no'
