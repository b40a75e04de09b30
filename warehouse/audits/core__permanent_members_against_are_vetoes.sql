-- audit: a permanent member recorded against a vetoed draft is among those that vetoed it
-- table: core.council_vote
select f.file || ':' || f.line as at, c.draft_symbol, c.member_iso3, c.vote, array_to_string(v.vetoed_by, ';') as vetoed_by
from core.council_vote as c
join core.veto as v on v.draft_symbol = c.draft_symbol
join raw.figure_line as f on f.evidence_id = c.evidence_id
join raw.unsc_seat as s
    on s.iso3 = c.member_iso3 and s.valid_from::date <= v.vote_date and coalesce(s.valid_to::date, date '9999-12-31') >= v.vote_date
where c.vote = 'no' and not list_contains(v.vetoed_by, c.member_iso3)
