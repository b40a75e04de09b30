-- audit: total_trade_usd, the denominator of a share, is at least 99 percent of the sum of the trade with all economies and, if the partner
--   table is complete, at most 111 percent of it (in years of raw.partner_table_gap, 100 / reached_pct times it)
-- table: charts.trade_dependence
-- note: the bounds come from the data, as in core__partner_trade_adds_up_to_the_world
with
economies as (
    select country, year, bool_and(is_complete) as is_complete, sum(trade_usd) as economies_usd
    from core.partner_trade
    where not is_aggregate
    group by country, year
)
select concat_ws(' ', d.dyad, d.year, d.country, d.rule) as at, d.total_trade_usd, e.economies_usd
from charts.trade_dependence as d
join economies as e on e.country = d.country and e.year = d.year
left join raw.partner_table_gap as g on g.country = d.country and g.year = d.year  -- at most one: its key
where e.economies_usd > 1.01 * d.total_trade_usd
    or (e.is_complete and e.economies_usd < coalesce(g.reached_pct, 90) / 100 * d.total_trade_usd)
