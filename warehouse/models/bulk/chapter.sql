-- grain: a year, an exporter, an importer and an HS chapter
-- key: year, exporter, importer, hs_chapter
-- note: only this model reads the six-digit rows; all other bulk tables are computed from it. An economy whose code is in no
--   crosswalk keeps the publisher's code. Flows within a state are reported during landing and not counted.
with
by_code as (
    select
        year,
        exporter_code,
        importer_code,
        substr(product_code, 1, 2) as hs_chapter,
        sum(value_thousand_usd) as thousand_usd,
        sum(quantity_tonnes) as tonnes,
        count(*) as products
    from bulk.hs6
    group by year, exporter_code, importer_code, substr(product_code, 1, 2)
),
by_iso3 as (
    select
        b.year,
        coalesce(e.iso3, cast(b.exporter_code as varchar(3))) as exporter,
        coalesce(i.iso3, cast(b.importer_code as varchar(3))) as importer,
        b.hs_chapter,
        b.thousand_usd,
        b.tonnes,
        b.products
    from by_code as b
    left join bulk.country_code as e on e.code = b.exporter_code  -- at most one: its key
    left join bulk.country_code as i on i.code = b.importer_code
)
select
    year,
    exporter,
    importer,
    hs_chapter,
    cast(cast(sum(thousand_usd) as decimal(18, 3)) * 1000 as decimal(18, 2)) as value_usd,
    cast(sum(tonnes) as decimal(18, 3)) as quantity_tonnes,
    cast(sum(products) as bigint) as product_count
from by_iso3
where exporter <> importer
group by year, exporter, importer, hs_chapter
