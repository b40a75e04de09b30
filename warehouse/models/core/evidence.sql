-- grain: a figure (one line of a snapshot), a partner table (a block of lines) or a whole file
-- key: evidence_id
with
cited as (
    select f.evidence_id, f.source, d.publisher, d.title, d.url, d.published_on, d.read_on, f.file, f.line as first_line, f.line as last_line
    from raw.figure_line as f
    join raw.documents as d on d.source = f.source and d.document = f.document  -- one: its key
    union all
    select distinct l.evidence_id, l.source, d.publisher, d.title, d.url, d.published_on, d.read_on, l.file, l.first_line, l.last_line
    from core.partner_table_lines as l
    join raw.documents as d on d.source = l.source and d.document = l.document  -- one: its key
    union all
    -- a whole list, as evidence of an absence: this project's edition of it, cited for its content as of the build's day
    select
        w.evidence_id, w.source, s.producer, s.title, null, least(w.read_on, getvariable('as_of')), w.read_on, w.file, w.first_line, w.last_line
    from raw.whole_file as w
    join catalog.source as s on s.source = w.source  -- one: its key
)
select
    c.evidence_id,
    c.source,
    c.publisher,
    c.title,
    c.url,
    c.file || if(c.first_line = c.last_line, ' line ' || c.first_line, ' lines ' || c.first_line || '-' || c.last_line) as locator,
    c.published_on::date as published_on,
    c.read_on::date as read_on,
    s.sha256 as snapshot_sha256,
    c.file,
    c.first_line,
    c.last_line,
    s.licence
from cited as c
join raw.snapshot_file as s on s.file = c.file  -- one: its key
