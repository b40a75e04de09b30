-- audit: exports and imports are not swapped: exchanging them at most halves the distance to another source's figures, and at most
--   quarters the distance to the source's own figures of the years before and after
-- table: core.trade_flow
-- note: the distance is the sum of the logarithms of the factors between the compared flows. No swapped real pair is nearer to another
--   source. The years before and after are compared above a billion dollars; there the worst real pair is 2.7 times as near if swapped
--   (China and Belarus, 2015)
with
both_ways as (
    select
        source, frequency, period_start, is_partial, reporter, partner_iso3,
        max(ln(value_usd)) filter (where flow = 'export') as sold, max(ln(value_usd)) filter (where flow = 'import') as bought
    from core.trade_flow
    where is_current and flow <> 'total' and value_usd > 0
    group by source, frequency, period_start, is_partial, reporter, partner_iso3
    having count(distinct flow) = 2
),
compared as (
    select
        a.*, b.source as compared_with, abs(a.sold - b.sold) + abs(a.bought - b.bought) as as_given,
        abs(a.sold - b.bought) + abs(a.bought - b.sold) as swapped, 2 as factor
    from both_ways as a
    join both_ways as b
        on b.source <> a.source and b.frequency = a.frequency and b.period_start = a.period_start and b.is_partial = a.is_partial
        and b.reporter = a.reporter and b.partner_iso3 = a.partner_iso3
    union all
    select
        a.*, 'the years around', sum(abs(a.sold - b.sold) + abs(a.bought - b.bought)), sum(abs(a.sold - b.bought) + abs(a.bought - b.sold)), 4
    from both_ways as a
    join both_ways as b
        on b.source = a.source and b.reporter = a.reporter and b.partner_iso3 = a.partner_iso3 and b.is_partial = a.is_partial
        and b.frequency = a.frequency and year(b.period_start) in (year(a.period_start) - 1, year(a.period_start) + 1)
    where a.frequency = 'annual' and greatest(a.sold, a.bought) > ln(1e9)
    group by all
    having count(*) = 2
)
select concat_ws(' ', source, period_start, reporter, partner_iso3) as at, frequency, exp(sold) as export_usd, exp(bought) as import_usd, compared_with
from compared
where as_given > 0.05 and as_given > factor * swapped
