-- audit: every source a partner table is taken from is a source of this release
-- table: raw.partner_table
with
used as (
    unpivot (select evidence_id, export_source, import_source, total_source, world_source from raw.partner_table)
    on export_source, import_source, total_source, world_source
    into name column_name value used_source
)
select f.file || ':' || f.line as at, u.column_name, u.used_source
from used as u
join raw.figure_line as f on f.evidence_id = u.evidence_id
where u.used_source not in (select source from catalog.source)
