-- audit: spells of membership lie in the years their source says it covers
-- table: raw.membership
select f.file || ':' || f.line as at, r.start_date, s.coverage_first, s.coverage_last
from raw.membership as r
join catalog.source as s on s.source = r.source
join raw.figure_line as f on f.evidence_id = r.evidence_id
where year(r.start_date::date) not between year(s.coverage_first) and year(s.coverage_last)
