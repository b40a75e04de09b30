-- audit: a row has note_known_on if and only if it has a note, and disputed_on if and only if it is disputed; note_known_on is not before
--   start_date or end_date
-- table: raw.membership
select file || ':' || line as at, start_date, end_date, note_known_on, is_disputed, disputed_on
from raw.membership
where (note is null) <> (note_known_on is null)
    or is_disputed <> (disputed_on is not null)
    or note_known_on < start_date
    or note_known_on < end_date
