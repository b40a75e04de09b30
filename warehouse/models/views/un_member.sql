-- view: The time in which a state is a member of the United Nations and, if it is a permanent member of the Security Council, holds its seat
-- iso3: ISO 3166-1 alpha-3 code of the state
-- country_name: English short name of the state
-- since: First day
-- until: Last day; NULL if it has not ended
-- is_permanent: True for a permanent member of the Security Council
select
    c.iso3,
    c.name as country_name,
    greatest(c.un_member_from::date, s.valid_from::date) as since,
    least(c.un_member_to::date, s.valid_to::date) as until,
    s.seat is not null as is_permanent
from raw.country as c
left join raw.unsc_seat as s on s.iso3 = c.iso3  -- at most one: a state has one seat
where since is not null
