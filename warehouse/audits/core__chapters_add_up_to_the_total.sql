-- audit: HS chapters add up to the published total, within a dollar per chapter
-- table: core.trade_by_product
select
    concat_ws(' ', source, year, exporter, importer) as at,
    sum(value_usd) filter (where length(hs_code) = 2) as chapters_usd,
    any_value(value_usd) filter (where hs_code = 'TOTAL') as total_usd
from core.trade_by_product
where is_current
group by source, year, exporter, importer
having bool_or(hs_code = 'TOTAL') and bool_or(length(hs_code) = 2)
    and abs(chapters_usd - total_usd) > count(*) filter (where length(hs_code) = 2)
