-- grain: an exercise that had begun by the release's day
-- key: exercise_id
-- note: an exercise is public on its day; the document read for it may be a later retrospective
select
    exercise_id,
    name,
    series,
    category,
    format,
    domain,
    is_patrol,
    start_date::date as start_date,
    end_date::date as end_date,
    date_precision,
    string_split(participants, ';') as participants,
    string_split(participants_at_sea, ';') as participants_at_sea,
    string_split(seas, ';') as seas,
    region,
    latitude,
    longitude,
    coordinate_precision,
    personnel_total,
    source,
    confidence,
    settled_by,
    start_date::date as known_on,
    evidence_id
from raw.exercise
where start_date::date <= getvariable('as_of')
