-- audit: no document was published after it was read
-- table: raw.documents
select 'sources/' || s.file || ':' || d.line as at, d.document, d.published_on, d.read_on
from raw.documents as d
join raw.snapshot_file as s on s.source = d.source and s.kind = 'documents'
where d.published_on::date > d.read_on::date
