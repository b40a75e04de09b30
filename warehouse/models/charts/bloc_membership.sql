-- grain: a country with a status in a bloc, on 31 December of each year and on the release's day
-- key: dyad, bloc, iso3, as_of
-- chapter: vote
-- drawn_on: core.country_shape
-- title: Status of countries in BRICS and the SCO
-- row_text: {country_name} in {bloc} on {as_of}: {status}, since {since}
-- unit: countries
-- counting_rule: a status counts from the day it takes effect; if a country has two on a day, the first of member, invited, partner,
--   observer and dialogue partner counts
-- how_to_read: one row for each country and bloc on 31 December of each year and on the release's day; member_count counts full members
--   that no source disputes, is_disputed_member marks the members that only some sources count; is_disputed marks a status on which
--   sources disagree
-- not_shown: other blocs; what a status obliges a country to; why sources disagree; changes after the day up to which the list is verified
with
days as (
    select bloc, make_date(y, 12, 31) as as_of
    from (select bloc, unnest(range(year(min(since)), year(getvariable('as_of')))) as y from core.membership group by bloc)
    union
    select distinct bloc, getvariable('as_of') from core.membership
),
statuses as (
    select d.as_of, m.*
    from days as d
    join core.membership as m on m.bloc = d.bloc and m.since <= d.as_of and coalesce(m.until, date '9999-12-31') > d.as_of
    where m.bloc in ('BRICS', 'SCO')
    qualify row_number() over (
        partition by m.bloc, m.iso3, d.as_of
        order by list_position(['member', 'invited', 'partner', 'observer', 'dialogue_partner'], m.status), m.since
    ) = 1
),
counts as (
    -- a disputed membership is drawn but not counted
    select bloc, as_of, count(*) filter (where status = 'member' and not is_disputed) as member_count
    from statuses
    group by bloc, as_of
)
select
    d.dyad,
    s.bloc,
    s.iso3,
    s.country_name,
    s.as_of,
    s.status,
    s.since,
    c.member_count,
    coalesce(a.status = 'member' and b.status = 'member', false) as both_sides_are_members,
    s.confidence,
    s.is_disputed,
    s.is_disputed and (s.status = 'member' or coalesce(s.invited_as = 'member', false)) as is_disputed_member,
    nullif(concat_ws('; ', s.note, if(s.as_of > o.coverage_last, 'last verified ' || o.coverage_last, null)), '') as note,
    [s.evidence_id] as evidence
from core.dyad as d
cross join statuses as s
join counts as c on c.bloc = s.bloc and c.as_of = s.as_of  -- one: its group
join catalog.source as o on o.source = s.source  -- one: its key
left join statuses as a on a.bloc = s.bloc and a.as_of = s.as_of and a.iso3 = d.iso3_a  -- at most one: its key
left join statuses as b on b.bloc = s.bloc and b.as_of = s.as_of and b.iso3 = d.iso3_b
