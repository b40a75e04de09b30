-- audit: both states of a figure existed by the end of its year, and its reporter still existed in that year
-- table: core.trade_flow
-- note: a partner that ceased to exist may still be listed: the IMF lists the Netherlands Antilles after 2010
select concat_ws(' ', f.source, f.period_start, f.reporter, f.partner_iso3, f.flow) as at, c.iso3, c.valid_from, c.valid_to
from core.trade_flow as f
join raw.country as c on c.iso3 in (f.reporter, f.partner_iso3)
where year(f.period_start) < year(c.valid_from) or (c.iso3 = f.reporter and year(f.period_start) > year(c.valid_to))
