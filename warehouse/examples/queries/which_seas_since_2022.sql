-- In which seas have they drilled since February 2022, how often, and when first and last?
select s.sea, count(*) as drills, min(d.start_date) as first_start, max(d.start_date) as last_start
from charts.naval_drills as d
cross join unnest(d.seas) as s (sea)  -- a drill counts once in every sea it touched
where d.dyad = 'CHN-RUS' and d.start_date >= date '2022-02-24'
group by s.sea
order by drills desc, s.sea;
