-- view: The years that a source covers, one row per kind of figure and source
-- kind: Kind of snapshot file, such as exercise
-- source: Source folder
-- coverage_dyads: Pairs that the source covers; empty if it covers every pair
-- first_year: First year of its coverage
-- last_year: Last year of its coverage
select distinct f.kind, s.source, s.coverage_dyads, year(s.coverage_first) as first_year, year(s.coverage_last) as last_year
from catalog.source as s
join raw.snapshot_file as f on f.source = s.source
where f.kind <> 'documents'
