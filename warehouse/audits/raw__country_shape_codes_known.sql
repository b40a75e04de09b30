-- audit: every shape's code is listed in raw.country_code, so that no country is missing from the maps
-- table: raw.country_shape
select f.file || ':' || f.line as at, s.name, s.iso_numeric
from raw.country_shape as s
join raw.figure_line as f on f.evidence_id = s.evidence_id
where s.iso_numeric <> '-99' and s.iso_numeric not in (select code from raw.country_code where system = 'iso_numeric')
