-- grain: a vote up to the release's day that ended in a veto
-- key: draft_symbol
-- note: a draft's address at the United Nations follows from its symbol. A row has no draft_url if the vote is listed under the symbol of
--   the meeting's record, or if it is one of several votes on a draft; it has no record_url if the vote was held in writing
select
    draft_symbol,
    if(regexp_full_match(draft_symbol, 'S/[^ ]+') and draft_symbol not like 'S/PV.%', 'https://docs.un.org/en/' || draft_symbol, null) as draft_url,
    meeting_record,
    if(regexp_full_match(meeting_record, 'S/PV\.[0-9]+'), 'https://docs.un.org/en/' || meeting_record, null) as record_url,
    vote_date::date as vote_date,
    kind,
    topic,
    string_split(vetoed_by, ';') as vetoed_by,
    string_split(sponsors, ';') as sponsors,
    sponsors_complete,
    in_favour,
    against,
    abstained,
    (select count(*) from raw.roll_call as r where r.draft_symbol = v.draft_symbol)
        = catalog.council_seats(vote_date::date) - coalesce(not_voting, 0) as has_roll_call,
    confidence,
    settled_by,
    vote_date::date as known_on,
    evidence_id
from raw.veto as v
where vote_date::date <= getvariable('as_of')
