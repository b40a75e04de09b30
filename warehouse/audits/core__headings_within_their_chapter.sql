-- audit: the headings of a chapter add up to at most the chapter, in dollars and in tonnes
-- table: core.trade_by_product
-- note: a tenth of a percent of tolerance, since the documents of one source are rounded separately
with
parts as (
    select source, year, exporter, importer, left(hs_code, 2) as chapter, length(hs_code) as digits, sum(value_usd) as value_usd, sum(quantity_tonnes) as tonnes
    from core.trade_by_product
    where is_current and length(hs_code) in (4, 6)
    group by source, year, exporter, importer, chapter, digits
)
select concat_ws(' ', p.source, p.year, p.exporter, p.importer, p.chapter) as at, p.digits, p.value_usd, c.value_usd as chapter_usd, p.tonnes, c.quantity_tonnes as chapter_tonnes
from parts as p
join core.trade_by_product as c
    on c.source = p.source and c.year = p.year and c.exporter = p.exporter and c.importer = p.importer and c.hs_code = p.chapter and c.is_current
where p.value_usd > 1.001 * c.value_usd or p.tonnes > 1.001 * c.quantity_tonnes
