-- How many rows of each dataset are limited or in doubt, and why?
with
rows as (
    select 'joint_exercises' as dataset, qualifications from charts.joint_exercises
    union all select 'naval_drills', qualifications from charts.naval_drills
    union all select 'bilateral_trade', qualifications from charts.bilateral_trade
    union all select 'trade_dependence', qualifications from charts.trade_dependence
    union all select 'trade_composition', qualifications from charts.trade_composition
    union all select 'security_council_vetoes', qualifications from charts.security_council_vetoes
    union all select 'bloc_membership', qualifications from charts.bloc_membership
)
select r.dataset, q.qualification, count(*) as rows
from rows as r
cross join unnest(r.qualifications) as q (qualification)
group by r.dataset, q.qualification
order by r.dataset, rows desc, q.qualification;
