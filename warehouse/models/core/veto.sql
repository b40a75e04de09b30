-- grain: a vetoed vote up to the build's day
-- key: draft_symbol
select
    draft_symbol,
    meeting_record,
    vote_date::date as vote_date,
    kind,
    topic,
    string_split(vetoed_by, ';') as vetoed_by,
    string_split(sponsors, ';') as sponsors,
    in_favour,
    against,
    abstained,
    vote_date::date as known_on,
    evidence_id
from raw.veto
where vote_date::date <= getvariable('as_of')
