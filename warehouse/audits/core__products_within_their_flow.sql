-- audit: a product is worth at most 1.5 times every figure of the whole flow and, above 10 million dollars, is within a factor of 10 of
--   another source's figures of the product at most three years away
-- table: core.trade_by_product
-- note: the largest real factors are 1.08 (BACI's total) and 5 (gold, 2016 and 2018)
select concat_ws(' ', p.source, p.year, p.exporter, p.importer, p.hs_code) as at, p.value_usd, f.basis as compared_with, f.value_usd as compared_usd
from core.trade_by_product as p
join core.trade_flow as f
    on f.frequency = 'annual' and f.is_current and not f.is_partial and year(f.period_start) = p.year
    and (
        (f.flow = 'export' and f.reporter = p.exporter and f.partner_iso3 = p.importer)
        or (f.flow = 'import' and f.reporter = p.importer and f.partner_iso3 = p.exporter)
    )
where p.is_current and p.value_usd > 1.5 * f.value_usd
union all
select concat_ws(' ', a.source, a.year, a.exporter, a.importer, a.hs_code), a.value_usd, b.source || ' ' || b.year, b.value_usd
from core.trade_by_product as a
join core.trade_by_product as b
    on b.source > a.source and b.hs_code = a.hs_code and b.exporter = a.exporter and b.importer = a.importer and b.is_current
    and b.year between a.year - 3 and a.year + 3
where a.is_current and greatest(a.value_usd, b.value_usd) > 1e7 and greatest(a.value_usd, b.value_usd) > 10 * least(a.value_usd, b.value_usd)
