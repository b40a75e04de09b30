-- audit: shares of a year and exporter add up to 100 percent
-- table: charts.trade_composition
select concat_ws(' ', dyad, year, exporter) as at, sum(share_pct) as share_pct
from charts.trade_composition
group by dyad, year, exporter
having abs(sum(share_pct) - 100) > 1e-6
