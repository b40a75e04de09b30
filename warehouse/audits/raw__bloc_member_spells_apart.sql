-- audit: a country is in one of the blocs that count as one partner on a day, and once
-- table: raw.bloc_member
select f.file || ':' || f.line as at, b.member_from, 'line ' || a.line as overlaps_with, a.member_to
from raw.bloc_member as a
join raw.bloc_member as b
    on b.iso3 = a.iso3 and b.evidence_id <> a.evidence_id
    and a.member_from::date <= b.member_from::date and coalesce(a.member_to::date, date '9999-12-31') > b.member_from::date
join raw.figure_line as f on f.evidence_id = b.evidence_id
