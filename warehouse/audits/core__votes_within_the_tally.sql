-- audit: no more votes are recorded than the tally counts
-- table: core.council_vote
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
select c.draft_symbol as at, c.yes_count, v.in_favour, c.no_count, v.against, c.abstain_count, v.abstained
from counted as c
join core.veto as v on v.draft_symbol = c.draft_symbol
where c.yes_count > v.in_favour or c.no_count > v.against or c.abstain_count > v.abstained
