-- audit: a member's vote is on a vetoed draft known on the release's day
-- table: core.council_vote
select f.file || ':' || f.line as at, c.draft_symbol, c.member_iso3
from core.council_vote as c
anti join core.veto as v on v.draft_symbol = c.draft_symbol
join raw.figure_line as f on f.evidence_id = c.evidence_id
