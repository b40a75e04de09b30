-- grain: a year, an exporter and an importer
-- key: year, exporter, importer
select
    year,
    exporter,
    importer,
    cast(sum(value_usd) as decimal(18, 2)) as value_usd,
    cast(sum(product_count) as bigint) as product_count
from bulk.chapter
group by year, exporter, importer
