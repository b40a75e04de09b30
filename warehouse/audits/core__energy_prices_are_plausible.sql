-- audit: a tonne of energy costs between 10 and 5,000 dollars
-- table: core.energy_volume
-- note: the real prices lie between 32 (lignite, 2017) and 1,349 dollars (pipeline gas, 2022)
select concat_ws(' ', year, period_label, commodity, evidence_id) as at, quantity, quantity_unit, value_usd,
    value_usd / (quantity * if(quantity_unit = 'Mt', 1e6, 1)) as usd_per_tonne
from core.energy_volume
where quantity_unit in ('tonnes', 'Mt') and usd_per_tonne not between 10 and 5000
