-- audit: a published two-way total is the sum of the exports and imports that its source gives, within half a percent
-- table: core.trade_flow
-- note: the largest real difference is 0.16 percent, since totals and flows are rounded separately
select concat_ws(' ', source, frequency, period_start, reporter, partner_iso3) as at,
    sum(value_usd) filter (where flow = 'total') as total_usd,
    sum(value_usd) filter (where flow <> 'total') as flows_usd
from core.trade_flow
where is_current
group by source, frequency, period_start, reporter, partner_iso3, is_partial
having count(*) = 3 and count(distinct flow) = 3 and abs(flows_usd - total_usd) > 0.005 * total_usd
