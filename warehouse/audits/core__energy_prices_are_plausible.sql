-- audit: the price of a tonne of energy is between 10 and 5,000 dollars, and within a factor of 4.5 of the commodity's other prices of the
--   same year and the year before
-- table: core.energy_volume
-- note: the real prices lie between 32 (lignite, 2017) and 1,349 dollars (pipeline gas, 2022); the largest real step is a factor of 3.5
--   (pipeline gas, 2022)
with
priced as (
    select *, value_usd / (quantity * if(quantity_unit = 'Mt', 1e6, 1)) as usd_per_tonne
    from core.energy_volume
    where quantity_unit in ('tonnes', 'Mt')
),
compared as (
    select *, '10 to 5,000' as compared_with, null as compared from priced where usd_per_tonne not between 10 and 5000
    union all
    select b.*, a.evidence_id, a.usd_per_tonne
    from priced as b
    join priced as a
        on left(a.hs_code, 4) = left(b.hs_code, 4) and (a.hs_code = b.hs_code or a.hs_code in ('2709', '270900'))
        and a.exporter = b.exporter and a.importer = b.importer and a.year between b.year - 1 and b.year
    where greatest(a.usd_per_tonne, b.usd_per_tonne) > 4.5 * least(a.usd_per_tonne, b.usd_per_tonne)
)
select f.file || ':' || f.line as at, c.year, c.period_label, c.commodity, c.quantity, c.quantity_unit, c.value_usd, c.usd_per_tonne, c.compared_with, c.compared
from compared as c
join raw.figure_line as f on f.evidence_id = c.evidence_id
