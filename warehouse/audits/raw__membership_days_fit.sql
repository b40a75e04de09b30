-- audit: a status starts within two years of its decision, and not after its document was published if it counts as documented; if it ends, another starts that day, unless it was an invitation; a bloc's
--   founders are its members on its first day
-- table: raw.membership
-- note: the longest wait from decision to start was 446 days
select a.file || ':' || a.line as at, a.decision_date, a.start_date, a.end_date
from raw.membership as a
join raw.documents as d on d.source = a.source and d.document = a.document  -- one: its key
where a.start_date not between a.decision_date and a.decision_date + 731
    or (a.confidence = 'documented' and a.start_date > d.published_on)
    or (
        a.end_date is not null and a.status <> 'invited'
        and not exists (from raw.membership as b where b.bloc = a.bloc and b.iso3 = a.iso3 and b.start_date = a.end_date)
    )
    or a.is_founding <> (a.status = 'member' and a.start_date = (select min(b.start_date) from raw.membership as b where b.bloc = a.bloc))
