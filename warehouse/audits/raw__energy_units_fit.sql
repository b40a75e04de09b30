-- audit: a source states a commodity in one unit only
-- table: raw.energy_volume
select any_value(file || ':' || line) as at, source, commodity, string_agg(distinct quantity_unit, ', ' order by quantity_unit) as units
from raw.energy_volume
group by source, commodity
having count(distinct quantity_unit) > 1
