-- audit: no document was published after it was read
-- table: raw.documents
select d.file || ':' || d.line as at, d.document, d.published_on, d.read_on
from raw.documents as d
where d.published_on::date > d.read_on::date
