-- grain: a draft that failed without a veto up to the release's day
-- key: draft_symbol
-- note: a draft whose day is not documented is left out, since it is not known on any day
select
    draft_symbol,
    vote_date::date as vote_date,
    kind,
    in_favour,
    against,
    abstained,
    string_split(yes_members, ';') as yes_members,
    string_split(no_members, ';') as no_members,
    string_split(abstained_members, ';') as abstained_members,
    vote_date::date as known_on,
    evidence_id
from raw.failed_draft
where vote_date::date <= getvariable('as_of')
