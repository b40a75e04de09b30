-- grain: a country or territory on the map
-- key: name
-- note: an area without an ISO code is drawn and has no iso3; shapes have no date, so that every release has them
select s.name, c.iso3, s.scale, s.geometry, s.evidence_id
from raw.country_shape as s
left join raw.country_code as c on c.system = 'iso_numeric' and c.code = s.iso_numeric  -- at most one: its key
