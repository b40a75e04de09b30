-- audit: votes on a draft add up to the Council's seats, a vetoed draft has the majority needed without a veto, and a draft that failed
--   without a veto lacks that majority
-- table: raw.veto
-- note: eleven seats and a majority of seven until the end of 1965, then fifteen and nine
with
counted as (
    select
        evidence_id, draft_symbol, vote_date, in_favour, against, abstained, coalesce(not_voting, 0) as not_voting,
        len(string_split(vetoed_by, ';')) as veto_count, 0 as named_in_favour, 0 as named_against, 0 as named_abstained
    from raw.veto
    union all
    select
        evidence_id, draft_symbol, vote_date, in_favour, against, abstained, 0, null, coalesce(len(string_split(yes_members, ';')), 0),
        coalesce(len(string_split(no_members, ';')), 0), coalesce(len(string_split(abstained_members, ';')), 0)
    from raw.failed_draft
),
council as (
    select *, catalog.council_seats(vote_date) as seats, if(seats = 11, 7, 9) as majority from counted
)
select f.file || ':' || f.line as at, c.draft_symbol, c.in_favour, c.against, c.abstained, c.not_voting, c.seats
from council as c
join raw.figure_line as f on f.evidence_id = c.evidence_id
where c.in_favour + c.against + c.abstained + c.not_voting <> c.seats
    or (c.veto_count is not null and c.in_favour < c.majority)
    or (c.veto_count is null and c.in_favour >= c.majority)
    or c.against < c.veto_count
    or c.in_favour < c.named_in_favour or c.against < c.named_against or c.abstained < c.named_abstained
