-- How did China vote on the drafts and amendments that Russia vetoed?
select
    vote_a as vote_of_china,  -- the dyad's first state
    count(*) filter (where not is_amendment) as drafts,
    count(*) filter (where is_amendment) as amendments,
    min(vote_date) as first_vote,
    max(vote_date) as last_vote
from charts.security_council_vetoes
where dyad = 'CHN-RUS' and list_contains(vetoed_by, 'RUS') and confidence = 'documented'
group by vote_a
order by drafts desc, vote_of_china;
