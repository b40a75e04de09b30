-- audit: the trade with all economies adds up to at most 101 percent of the published world total and, if the table is complete, to at
--   least 90 percent, or the percentage that raw.partner_table_gap lists for the year
-- table: core.partner_trade
-- note: a table in raw.partner_table_gap reaches only the share given there; all others reach 92 to 100 percent
with
economies as (
    select country, year, bool_and(is_complete) as is_complete, sum(trade_usd) as economies_usd
    from core.partner_trade
    where not is_aggregate
    group by country, year
),
world as (
    select l.country, l.year, sum(w.value_usd) as world_usd
    from (select distinct country, year, world_source from core.partner_table_lines) as l
    join core.trade_flow as w
        on w.source = l.world_source and w.reporter = l.country and w.partner_iso3 = 'WLD' and w.is_current
        and w.frequency = 'annual' and not w.is_partial and year(w.period_start) = l.year
    group by l.country, l.year
    having count(distinct w.flow) = 2 or any_value(w.flow) = 'total'
)
select e.country || ' ' || e.year as at, e.economies_usd, w.world_usd, round(e.economies_usd / w.world_usd, 4) as ratio
from economies as e
join world as w on w.country = e.country and w.year = e.year
left join raw.partner_table_gap as g on g.country = e.country and g.year = e.year  -- at most one: its key
where e.economies_usd > 1.01 * w.world_usd
    or (e.is_complete and e.economies_usd < coalesce(g.reached_pct, 90) / 100 * w.world_usd)
