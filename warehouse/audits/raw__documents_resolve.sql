-- audit: every figure names a document that its source describes
-- table: raw.documents
select f.file || ':' || f.line as at, f.document
from raw.figure_line as f
anti join raw.documents as d on d.source = f.source and d.document = f.document
