-- grain: a figure (one line of a snapshot), a partner table or session (a block of lines) or a whole file
-- key: evidence_id
with
cited as (
    select f.evidence_id, f.source, f.document, f.as_printed, f.file, f.line as first_line, f.line as last_line, f.note, f.qualifications
    from raw.figure_line as f
    union all
    -- a table has the qualifications of its lines, and those of the row that uses it as a partner table
    select
        l.evidence_id, l.source, l.document, null, l.file, l.first_line, l.last_line, null,
        list_sort(list_distinct(flatten(list_concat(list(l.qualifications), list(f.qualifications)))))
    from core.partner_table_lines as l
    join raw.figure_line as f on f.file = l.file and f.line between l.first_line and l.last_line
    group by l.evidence_id, l.source, l.document, l.file, l.first_line, l.last_line
    union all
    -- a session's block of roll calls; a block of one line has the id of that line, which is listed above
    select
        l.evidence_id, l.source, l.document, null, l.file, l.first_line, l.last_line, null,
        list_sort(list_distinct(flatten(list(f.qualifications))))
    from core.assembly_session_lines as l
    join raw.figure_line as f on f.file = l.file and f.line between l.first_line and l.last_line
    where l.first_line < l.last_line
    group by l.evidence_id, l.source, l.document, l.file, l.first_line, l.last_line
),
resolved as (
    select
        c.evidence_id, c.source, d.publisher, d.title, c.as_printed, d.is_primary, d.url, d.via, d.via_url, d.published_on, d.read_on,
        c.file, c.first_line, c.last_line, c.note, c.qualifications
    from cited as c
    join raw.documents as d on d.source = c.source and d.document = c.document  -- one: its key
    union all
    -- a whole list is evidence that nothing was found; it counts as published on the release's day, or on the day it was read if that is
    -- earlier. It is primary if this project compiled it, or if all its documents are primary
    select
        w.evidence_id, w.source, s.producer, s.title, null,
        s.kind = 'curated' or not exists (select 1 from raw.documents as d where d.source = w.source and not d.is_primary), null, null, null,
        least(w.read_on, getvariable('as_of')), w.read_on, w.file, w.first_line, w.last_line, null, []
    from raw.whole_file as w
    join catalog.source as s on s.source = w.source  -- one: its key
)
select
    r.evidence_id,
    r.source,
    r.publisher,
    r.title,
    r.as_printed,
    r.is_primary,
    r.url,
    r.via,
    r.via_url,
    r.file || if(r.first_line = r.last_line, ' line ' || r.first_line, ' lines ' || r.first_line || '-' || r.last_line) as locator,
    r.published_on::date as published_on,
    r.read_on::date as read_on,
    s.sha256 as snapshot_sha256,
    r.file,
    r.first_line,
    r.last_line,
    s.licence,
    r.note,
    r.qualifications
from resolved as r
join raw.snapshot_file as s on s.file = r.file  -- one: its key
