-- audit: if only some members of the Council have a recorded vote on a draft, the votes do not exceed the tally
-- table: core.council_vote
-- note: if all members are recorded, the votes must equal the tally (core__roll_calls_equal_the_tally)
with
counted as (
    select
        draft_symbol,
        count(*) filter (where vote = 'yes') as yes_count,
        count(*) filter (where vote = 'no') as no_count,
        count(*) filter (where vote = 'abstain') as abstain_count
    from core.council_vote
    group by draft_symbol
)
select f.file || ':' || f.line as at, c.draft_symbol, c.yes_count, v.in_favour, c.no_count, v.against, c.abstain_count, v.abstained
from counted as c
join core.veto as v on v.draft_symbol = c.draft_symbol
join raw.figure_line as f on f.evidence_id = v.evidence_id
where not v.has_roll_call
    and (c.yes_count > v.in_favour or c.no_count > v.against or c.abstain_count > v.abstained)
