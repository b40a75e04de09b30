-- audit: a country's name is the one its code stands for, accents and spaces aside
-- table: raw.membership
select m.file || ':' || m.line as at, m.iso3, m.country_name, c.name
from raw.membership as m
join raw.country as c on c.iso3 = m.iso3
where replace(lower(strip_accents(m.country_name)), ' ', '') <> replace(lower(strip_accents(c.name)), ' ', '')
