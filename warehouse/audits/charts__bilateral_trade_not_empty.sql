-- audit: a dyad whose trade is reported has rows
-- table: charts.bilateral_trade
with
expected as (
    select d.dyad
    from core.dyad as d
    join core.trade_flow as f on (f.reporter = d.iso3_a and f.partner_iso3 = d.iso3_b) or (f.reporter = d.iso3_b and f.partner_iso3 = d.iso3_a)
    where f.is_current and f.frequency = 'annual'
)
select e.dyad as at, count(*) as documented_rows, 0 as row_count
from expected as e
where e.dyad not in (select dyad from charts.bilateral_trade)
group by e.dyad
