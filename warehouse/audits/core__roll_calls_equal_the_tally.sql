-- audit: a roll call of the whole Council equals the vote's tally
-- table: core.council_vote
-- note: the Council had eleven members until the end of 1965
with
counted as (
    select
        draft_symbol,
        count(*) as member_count,
        count(*) filter (where vote = 'yes') as yes_count,
        count(*) filter (where vote = 'no') as no_count,
        count(*) filter (where vote = 'abstain') as abstain_count
    from raw.roll_call
    group by draft_symbol
)
select c.draft_symbol as at, c.yes_count, v.in_favour, c.no_count, v.against, c.abstain_count, v.abstained
from counted as c
join core.veto as v on v.draft_symbol = c.draft_symbol
where c.member_count >= if(v.vote_date < date '1966-01-01', 11, 15)
    and (c.yes_count <> v.in_favour or c.no_count <> v.against or c.abstain_count <> v.abstained)
