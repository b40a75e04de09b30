-- Who else takes part when the two drill at sea with others, how often, and since when?
select c.name as participant, count(*) as drills, min(d.start_date) as first_start, max(d.start_date) as last_start
from charts.naval_drills as d
cross join unnest(d.other_participants) as p (iso3)
join raw.country as c on c.iso3 = p.iso3  -- one: its key
where d.dyad = 'CHN-RUS' and d.format = 'multilateral'
group by c.name
order by drills desc, participant;
