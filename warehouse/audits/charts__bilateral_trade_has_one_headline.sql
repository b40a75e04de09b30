-- audit: a period has exactly one headline basis, with one row for each direction; a period without a two-way total may have none
-- table: charts.bilateral_trade
select
    concat_ws(' ', dyad, frequency, period_start) as at,
    count(distinct basis) filter (where is_headline) as headline_count,
    count(*) filter (where is_headline) as headline_rows
from charts.bilateral_trade
group by dyad, frequency, period_start
having headline_count > 1
    or (headline_count = 1 and headline_rows <> 2)
    or (headline_count = 0 and bool_or(two_way_total_usd is not null))
