-- audit: a succession is on the successor's first day, or if raw.country gives none, on the day after the predecessor's last day, and
--   never later than that
-- table: raw.succession
select s.file || ':' || s.line as at, s.succeeded_on, p.valid_to as predecessor_ended, c.valid_from as successor_began
from raw.succession as s
join raw.country as p on p.iso3 = s.predecessor_iso3
join raw.country as c on c.iso3 = s.successor_iso3
where s.succeeded_on <> coalesce(c.valid_from, p.valid_to + 1) or coalesce(s.succeeded_on > p.valid_to + 1, true)
