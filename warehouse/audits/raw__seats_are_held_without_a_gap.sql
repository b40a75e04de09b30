-- audit: each permanent seat has been held since 24 October 1945 without a gap, by a state that existed
-- table: raw.unsc_seat
with
spells as (
    select *, lag(valid_to) over one as held_until, lead(valid_from) over one as passed_on
    from raw.unsc_seat
    window one as (partition by seat order by valid_from)
)
select s.file || ':' || s.line as at, s.seat, s.iso3, s.valid_from, s.valid_to
from spells as s
join raw.country as c on c.iso3 = s.iso3
where s.valid_from <> coalesce(s.held_until + 1, date '1945-10-24')
    or (s.valid_to is null) <> (s.passed_on is null)
    or s.valid_from < coalesce(c.valid_from, s.valid_from)
    or coalesce(s.valid_to, date '9999-12-31') > coalesce(c.valid_to, date '9999-12-31')
