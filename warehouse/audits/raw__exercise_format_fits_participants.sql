-- audit: a bilateral exercise has exactly two participants, any other at least two
-- table: raw.exercise
-- note: a multilateral exercise may list two participants only, if the others are not documented
with
counted as (
    select evidence_id, format, participants, len(list_distinct(string_split(participants, ';'))) as participant_count
    from raw.exercise
)
select f.file || ':' || f.line as at, e.format, e.participants
from counted as e
join raw.figure_line as f on f.evidence_id = e.evidence_id
where e.participant_count < 2 or (e.format = 'bilateral' and e.participant_count > 2)
