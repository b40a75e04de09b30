-- audit: a tonne of energy costs between 10 and 5,000 dollars
-- table: core.energy_volume
-- note: the real prices lie between 32 (lignite, 2017) and 1,349 dollars (pipeline gas, 2022)
select
    f.file || ':' || f.line as at, e.year, e.period_label, e.commodity, e.quantity, e.quantity_unit, e.value_usd,
    e.value_usd / (e.quantity * if(e.quantity_unit = 'Mt', 1e6, 1)) as usd_per_tonne
from core.energy_volume as e
join raw.figure_line as f on f.evidence_id = e.evidence_id
where e.quantity_unit in ('tonnes', 'Mt') and usd_per_tonne not between 10 and 5000
