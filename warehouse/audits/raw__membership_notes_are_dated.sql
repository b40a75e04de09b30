-- audit: a note on a spell has the day by which all of it was public, not before the spell's start or end; a dispute has the day by which
--   it was public
-- table: raw.membership
select file || ':' || line as at, start_date, end_date, note_known_on, is_disputed, disputed_on
from raw.membership
where (note is null) <> (note_known_on is null)
    or is_disputed <> (disputed_on is not null)
    or note_known_on < start_date
    or note_known_on < end_date
