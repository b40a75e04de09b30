-- audit: indicators lie in the years their source says it covers
-- table: raw.economy_indicator
select f.file || ':' || f.line as at, r.year, s.coverage_first, s.coverage_last
from raw.economy_indicator as r
join catalog.source as s on s.source = r.source
join raw.figure_line as f on f.evidence_id = r.evidence_id
where r.year not between year(s.coverage_first) and year(s.coverage_last)
