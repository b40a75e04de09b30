-- audit: exports are valued FOB, two-way totals are mixed, and a reporter's imports in a source are all CIF or all FOB
-- table: raw.trade_flow
select any_value(file || ':' || line) as at, source, reporter_iso3, flow, string_agg(distinct valuation, ', ' order by valuation) as valuations
from raw.trade_flow
group by source, reporter_iso3, flow
having count(distinct valuation) > 1
    or any_value(valuation) not in ('CIF', 'FOB', 'mixed')
    or (flow = 'export' and any_value(valuation) <> 'FOB')
    or (flow = 'total') <> (any_value(valuation) = 'mixed')
