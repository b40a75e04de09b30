-- audit: a note on a spell has the day by which everything in it was public, the spell's own end included, and a dispute has its day
-- table: raw.membership
with
told as (
    select *, list_max(regexp_extract_all(note, '\b\d{4}-\d{2}-\d{2}\b')) as last_day
    from raw.membership
)
select file || ':' || line as at, start_date, end_date, last_day, note_known_on, is_disputed, disputed_on
from told
where (note is null) <> (note_known_on is null)
    or is_disputed <> (disputed_on is not null)
    or note_known_on < start_date
    or note_known_on < try_cast(last_day as date)
    or (contains(note, 'ended: ') and note_known_on < end_date)
