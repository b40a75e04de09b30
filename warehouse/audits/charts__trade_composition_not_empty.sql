-- audit: a dyad covered by a source that gives all chapters has rows
-- table: charts.trade_composition
with
expected as (
    select d.dyad
    from core.dyad as d
    join core.trade_by_product as p on (p.exporter = d.iso3_a and p.importer = d.iso3_b) or (p.exporter = d.iso3_b and p.importer = d.iso3_a)
    join raw.trade_basis as b on b.basis_source = p.source and b.frequency = 'annual'
)
select e.dyad as at, count(*) as documented_rows, 0 as row_count
from expected as e
where e.dyad not in (select dyad from charts.trade_composition)
group by e.dyad
