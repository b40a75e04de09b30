-- audit: a member that vetoed a draft is not recorded with another vote
-- table: core.council_vote
select f.file || ':' || f.line as at, c.draft_symbol, c.member_iso3, c.vote
from core.council_vote as c
join core.veto as v on v.draft_symbol = c.draft_symbol and list_contains(v.vetoed_by, c.member_iso3)
join raw.figure_line as f on f.evidence_id = c.evidence_id
where c.vote <> 'no'
