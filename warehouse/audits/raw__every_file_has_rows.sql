-- audit: every snapshot file has at least one row
-- table: raw.documents
select s.file as at, 0 as row_count
from raw.snapshot_file as s
anti join (
    select file from raw.figure_line
    union all
    select file from raw.documents
) as r on r.file = s.file
