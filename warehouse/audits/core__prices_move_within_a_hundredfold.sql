-- audit: a tonne's price is within a factor of 100 of the year before where both values exceed a million dollars
-- table: core.trade_by_product
-- note: the widest real step is 33 (China's works of art, 2022)
select concat_ws(' ', b.source, b.year, b.exporter, b.importer, b.hs_code) as at,
    b.value_usd / b.quantity_tonnes as usd_per_tonne, a.value_usd / a.quantity_tonnes as year_before
from core.trade_by_product as a
join core.trade_by_product as b
    on b.source = a.source and b.exporter = a.exporter and b.importer = a.importer and b.hs_code = a.hs_code and b.year = a.year + 1 and b.is_current
where a.is_current and least(a.value_usd, b.value_usd) > 1e6 and a.quantity_tonnes > 0 and b.quantity_tonnes > 0
    and (usd_per_tonne > 100 * year_before or year_before > 100 * usd_per_tonne)
