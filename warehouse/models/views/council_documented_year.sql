-- view: The years in which every vetoed draft has the votes of all members of the Security Council, also because there was none
-- year: Calendar year
select y.year
from (select unnest(range(first_year, last_year + 1)) as year from views.coverage where kind = 'roll_call') as y
left join core.veto as v on year(v.vote_date) = y.year  -- any number: counted by year
group by y.year
having coalesce(bool_and(v.has_roll_call), true)
