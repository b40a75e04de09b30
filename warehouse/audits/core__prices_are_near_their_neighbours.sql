-- audit: the price of a tonne is within a factor of 100 of that of the year before, above 100 million dollars within 10 (energy 4.5);
--   above 10 million it is not more than 4.5 times above both adjacent years' prices, nor as far below both; trade below a million is not
--   compared
-- table: core.trade_by_product
-- note: the largest real steps are 33 (China's works of art, 2022), 7.6 (Russia's machinery, 2022), 3.5
--   (pipeline gas, 2022) and 3.7 (inorganic chemicals, 2019)
with
prices as (
    select
        concat_ws(' ', source, year, exporter, importer, hs_code) as place, year, value_usd, hs_code, value_usd / nullif(quantity_tonnes, 0) as price,
        lag(price) over one as before, lag(value_usd) over one as before_usd, lag(year) over one as before_year,
        lead(price) over one as after, lead(year) over one as after_year
    from core.trade_by_product
    where is_current
    window one as (partition by source, exporter, importer, hs_code order by year)
),
steps as (
    select
        *, least(value_usd, before_usd) as smaller_usd, abs(ln(nullif(price, 0) / nullif(before, 0))) as step,
        after_year = year + 1 and (price > 4.5 * greatest(before, after) or 4.5 * price < least(before, after)) as is_spike
    from prices
    where before_year = year - 1
)
select place as at, price as usd_per_tonne, before as year_before, after as year_after
from steps
where (smaller_usd > 1e6 and step > ln(100))
    or (smaller_usd > 1e8 and step > ln(if(left(hs_code, 2) = '27', 4.5, 10)))
    or (value_usd > 1e7 and is_spike)
