-- How far apart are the two customs offices on what Russia sells China, year by year (mirror data)?
select
    c.year,
    round(c.value_usd / 1e9, 1) as china_says_imported_bn_usd,  -- CIF: with freight and insurance
    round(r.value_usd / 1e9, 1) as russia_says_exported_bn_usd,  -- FOB: without freight and insurance
    round(100 * (c.value_usd / r.value_usd - 1), 1) as gap_pct
from (
    select year(period_start) as year, value_usd
    from charts.bilateral_trade
    where dyad = 'CHN-RUS' and frequency = 'annual' and exporter = 'RUS' and is_headline and reporter = 'CHN'
) as c
join (
    -- Russia's own reports: from the IMF up to 2020, from UN Comtrade for later years
    select year(period_start) as year, value_usd
    from charts.bilateral_trade
    where dyad = 'CHN-RUS' and frequency = 'annual' and exporter = 'RUS' and reporter = 'RUS' and value_usd is not null
    qualify row_number() over (partition by period_start order by basis like 'IMF%' desc) = 1
) as r on r.year = c.year  -- at most one a year
order by c.year;
