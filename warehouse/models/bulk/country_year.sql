-- grain: a year and a country
-- key: year, country
-- note: trade with all economies together, regardless of counting rules
with
sides as (
    select year, exporter as country, importer as partner, value_usd as exports_usd, cast(0 as decimal(18, 2)) as imports_usd
    from bulk.dyad_year
    union all
    select year, importer as country, exporter as partner, cast(0 as decimal(18, 2)) as exports_usd, value_usd as imports_usd
    from bulk.dyad_year
)
select
    year,
    country,
    cast(sum(exports_usd) as decimal(18, 2)) as exports_usd,
    cast(sum(imports_usd) as decimal(18, 2)) as imports_usd,
    cast(sum(exports_usd + imports_usd) as decimal(18, 2)) as trade_usd,
    count(distinct partner) as partner_count
from sides
group by year, country
