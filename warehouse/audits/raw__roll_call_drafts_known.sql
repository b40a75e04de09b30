-- audit: every recorded vote belongs to a draft in raw.veto
-- table: raw.roll_call
select f.file || ':' || f.line as at, r.draft_symbol
from raw.roll_call as r
join raw.figure_line as f on f.evidence_id = r.evidence_id
where r.draft_symbol not in (select draft_symbol from raw.veto)
