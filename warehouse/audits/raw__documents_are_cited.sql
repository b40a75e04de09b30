-- audit: every document is cited by a row of its source; an uncited document shows that a row was lost
-- table: raw.documents
select d.file || ':' || d.line as at, d.document
from raw.documents as d
anti join raw.figure_line as f on f.source = d.source and f.document = d.document
