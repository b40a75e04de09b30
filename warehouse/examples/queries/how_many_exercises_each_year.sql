-- How many military exercises did the two states hold each year, alone and with others, and how many were patrols?
select
    year,
    sum(exercise_count) filter (where format = 'bilateral') as bilateral,
    sum(exercise_count) filter (where format = 'multilateral') as multilateral,
    sum(of_which_patrols) as of_which_patrols,
    bool_or(is_partial) as is_partial
from charts.joint_exercises
where dyad = 'CHN-RUS' and category = 'core_military'
group by year
order by year;
