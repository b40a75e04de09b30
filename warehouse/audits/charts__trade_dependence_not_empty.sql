-- audit: a dyad with a state in a complete partner table of the other has rows
-- table: charts.trade_dependence
with
expected as (
    select d.dyad
    from core.dyad as d
    join core.partner_trade as t on (t.country = d.iso3_a and t.partner_iso3 = d.iso3_b) or (t.country = d.iso3_b and t.partner_iso3 = d.iso3_a)
    where t.is_complete
)
select e.dyad as at, count(*) as documented_rows, 0 as row_count
from expected as e
where e.dyad not in (select dyad from charts.trade_dependence)
group by e.dyad
