-- audit: every snapshot file holds at least one row
-- table: raw.documents
select 'sources/' || s.file as at, 0 as row_count
from raw.snapshot_file as s
anti join (
    select source, kind from raw.figure_line
    union all
    select source, 'documents' from raw.documents
) as r on r.source = s.source and r.kind = s.kind
