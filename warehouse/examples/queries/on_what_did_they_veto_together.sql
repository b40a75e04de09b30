-- On what did they veto together, how often, and how many members voted in favour?
select
    split_part(topic, ':', 1) as subject,
    count(*) as joint_vetoes,
    min(vote_date) as first_vote,
    max(vote_date) as last_vote,
    min(in_favour) as fewest_in_favour,
    max(in_favour) as most_in_favour
from charts.security_council_vetoes
where dyad = 'CHN-RUS' and veto_type = 'joint' and confidence = 'documented'
group by subject
order by joint_vetoes desc, first_vote;
