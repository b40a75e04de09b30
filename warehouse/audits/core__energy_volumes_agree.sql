-- audit: a commodity's figure for a year is within 15 percent in tonnes and 20 percent in dollars of the trade by product, and within a
--   factor of 20 of its other figures for that year and the year before
-- table: core.energy_volume
-- note: the largest real differences are 11 percent of tonnes and 14 of dollars (crude, 2021), and a factor of 11 from year to year
--   (lignite)
with
stated as (
    select *, quantity * if(quantity_unit = 'Mt', 1e6, 1) as amount, if(quantity_unit = 'bcm', 'bcm', 'tonnes') as measure
    from core.energy_volume
),
compared as (
    select s.*, p.source as compared_with, p.quantity_tonnes as compared_amount, p.value_usd as compared_usd, 1.15 as factor
    from stated as s
    join core.trade_by_product as p
        on p.hs_code = s.hs_code and p.year = s.year and p.exporter = s.exporter and p.importer = s.importer and p.is_current and s.measure = 'tonnes'
    where s.period_label = 'year'
    union all
    select s.*, y.evidence_id, y.amount, y.value_usd, 20
    from stated as s
    join stated as y
        on y.hs_code = s.hs_code and y.exporter = s.exporter and y.importer = s.importer and y.measure = s.measure
        and y.year between s.year - 1 and s.year and y.evidence_id <> s.evidence_id
)
select
    f.file || ':' || f.line as at, c.year, c.commodity, c.amount, c.value_usd, c.compared_with, c.compared_amount, c.compared_usd
from compared as c
join raw.figure_line as f on f.evidence_id = c.evidence_id
where greatest(amount, compared_amount) > factor * least(amount, compared_amount)
    or greatest(value_usd, compared_usd) > if(factor = 20, 20, 1.2) * least(value_usd, compared_usd)
