-- audit: spells of one country in a bloc do not overlap, whatever the status
-- table: raw.membership
select f.file || ':' || f.line as at, b.start_date, 'line ' || a.line as overlaps_with, a.end_date
from raw.membership as a
join raw.membership as b
    on b.bloc = a.bloc and b.iso3 = a.iso3 and b.evidence_id <> a.evidence_id
    and coalesce(a.start_date::date, date '0001-01-01') <= coalesce(b.start_date::date, date '0001-01-01')
    and coalesce(a.end_date::date, date '9999-12-31') > coalesce(b.start_date::date, date '0001-01-01')
join raw.figure_line as f on f.evidence_id = b.evidence_id
