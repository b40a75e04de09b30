-- grain: a spell of a country's status in a bloc, begun by the release's day
-- key: bloc, iso3, status, since
-- note: an end, a dispute or a note that became known after the release's day is left out
select
    bloc,
    iso3,
    country_name,
    status,
    invited_as,
    start_date::date as since,
    if(end_date::date <= getvariable('as_of'), end_date::date, null) as until,
    is_founding,
    coalesce(disputed_on <= getvariable('as_of'), false) as is_disputed,
    if(note_known_on <= getvariable('as_of'), note, null) as note,
    source,
    confidence,
    settled_by,
    start_date::date as known_on,
    evidence_id
from raw.membership
where start_date::date <= getvariable('as_of')
