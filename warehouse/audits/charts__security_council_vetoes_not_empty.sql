-- audit: a dyad of which a state vetoed a draft has rows
-- table: charts.security_council_vetoes
with
expected as (
    select d.dyad
    from core.dyad as d
    join core.veto as v on list_contains(v.vetoed_by, d.iso3_a) or list_contains(v.vetoed_by, d.iso3_b)
    where v.vote_date between coalesce(d.valid_from, date '1945-10-24') and coalesce(d.valid_to, date '9999-12-31')
)
select e.dyad as at, count(*) as documented_rows, 0 as row_count
from expected as e
where e.dyad not in (select dyad from charts.security_council_vetoes)
group by e.dyad
