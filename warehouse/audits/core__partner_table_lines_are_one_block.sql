-- audit: the lines cited for a partner table contain that table and nothing else, and the id of the block names its first and last line
-- table: core.partner_table_lines
select concat_ws(' ', country, year, source, flow) as at, figure_count, last_line - first_line + 1 as line_count, evidence_id
from core.partner_table_lines
where figure_count <> last_line - first_line + 1 or not ends_with(evidence_id, ':' || first_line || '-' || last_line)
