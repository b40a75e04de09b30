-- audit: from 1993 on, the partners of a flow with more than a hundred figures add up to the same share of the published world total as in
--   the year before, within 2 points, except in years in raw.partner_table_gap and the years after them
-- table: core.trade_flow
-- note: the largest real difference is 1.5 points (China's imports, 2002)
with
shares as (
    select
        source, reporter, flow, year(period_start) as year,
        sum(value_usd) filter (where not is_aggregate)
            / max(value_usd) filter (where partner_iso3 = 'WLD') as share
    from core.trade_flow
    where frequency = 'annual' and is_current and not is_partial
    group by source, reporter, flow, year(period_start)
    having count(*) > 100
)
select concat_ws(' ', b.source, b.year, b.reporter, b.flow) as at, b.share, a.share as share_year_before
from shares as a
join shares as b on b.source = a.source and b.reporter = a.reporter and b.flow = a.flow and b.year = a.year + 1
anti join raw.partner_table_gap as g on g.country = b.reporter and g.year in (a.year, b.year)
where b.year >= 1993 and abs(b.share - a.share) > 0.02
