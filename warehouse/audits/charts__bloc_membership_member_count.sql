-- audit: member_count is the number of undisputed members of the bloc on the day
-- table: charts.bloc_membership
select concat_ws(' ', dyad, bloc, as_of) as at, max(member_count) as member_count, count(*) filter (where status = 'member' and not is_disputed) as member_rows
from charts.bloc_membership
group by dyad, bloc, as_of
having min(member_count) <> member_rows or max(member_count) <> member_rows
