-- audit: above 100 million dollars, no product's dollars or tonnes differ from both adjacent years by more than a factor of 7 in the same
--   direction, unless listed in raw.known_anomaly
-- table: core.trade_by_product
-- note: the largest real factors are 6.1 in dollars (Russia's vehicles, 2018) and 5.0 in tonnes (ferro-alloys, 2021); nickel of 2018
--   exceeds the bound and is listed
with
series as (
    select
        concat_ws(' ', source, year, exporter, importer, hs_code) as place, year, value_usd, quantity_tonnes as tonnes,
        lag(value_usd) over one as before_usd, lead(value_usd) over one as after_usd,
        lag(quantity_tonnes) over one as before_tonnes, lead(quantity_tonnes) over one as after_tonnes,
        lag(year) over one as before_year, lead(year) over one as after_year
    from core.trade_by_product
    where is_current
    window one as (partition by source, exporter, importer, hs_code order by year)
)
select s.place as at, s.before_usd, s.value_usd, s.after_usd, s.before_tonnes, s.tonnes, s.after_tonnes
from series as s
anti join raw.known_anomaly as k on k.place = s.place and k.audit = 'core__products_do_not_spike'
where s.before_year = s.year - 1 and s.after_year = s.year + 1 and greatest(s.before_usd, s.value_usd, s.after_usd) > 1e8
    and (
        s.value_usd > 7 * greatest(s.before_usd, s.after_usd) or 7 * s.value_usd < least(s.before_usd, s.after_usd)
        or s.tonnes > 7 * greatest(s.before_tonnes, s.after_tonnes) or 7 * s.tonnes < least(s.before_tonnes, s.after_tonnes)
    )
