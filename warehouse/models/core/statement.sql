-- grain: a statement or act up to the release's day
-- key: statement_id
-- note: a statement is public on its day; the document read for it may be of a later day
select
    statement_id,
    said_on::date as said_on,
    date_precision,
    said_by,
    topic,
    as_printed as words,
    value,
    unit,
    said_on::date as known_on,
    evidence_id
from raw.statement
where said_on::date <= getvariable('as_of')
