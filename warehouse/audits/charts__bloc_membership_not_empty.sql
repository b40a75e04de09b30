-- audit: every dyad has rows once a country stands in BRICS or the SCO
-- table: charts.bloc_membership
with
expected as (
    select d.dyad
    from core.dyad as d
    join core.membership as m on m.bloc in ('BRICS', 'SCO')
)
select e.dyad as at, count(*) as documented_rows, 0 as row_count
from expected as e
where e.dyad not in (select dyad from charts.bloc_membership)
group by e.dyad
