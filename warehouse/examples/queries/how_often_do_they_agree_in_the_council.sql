-- On how many of the drafts that one of them vetoed did both states vote alike, decade by decade?
select
    year // 10 * 10 as decade,
    count(*) as drafts,
    count(*) filter (where vote_a = vote_b) as both_alike,
    count(*) filter (where veto_type = 'joint') as both_vetoed
from charts.security_council_vetoes
where dyad = 'CHN-RUS' and not is_amendment and confidence = 'documented'
group by decade
order by decade;
