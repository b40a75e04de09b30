-- audit: a new state exists from the day of the succession; an older state succeeds on the day after its predecessor's last day
-- table: raw.succession
select s.file || ':' || s.line as at, s.succeeded_on, p.valid_to as predecessor_ended, c.valid_from as successor_began
from raw.succession as s
join raw.country as p on p.iso3 = s.predecessor_iso3
join raw.country as c on c.iso3 = s.successor_iso3
where s.succeeded_on <> coalesce(c.valid_from, p.valid_to + 1) or coalesce(s.succeeded_on > p.valid_to + 1, true)
