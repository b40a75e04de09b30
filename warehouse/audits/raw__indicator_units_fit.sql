-- audit: an indicator has the unit that its name states
-- table: raw.economy_indicator
with
named (ending, unit) as (
    values ('_lcu_per_usd', 'LCU per USD'), ('gdp_usd', 'USD'), ('_pct', 'percent')
)
select i.file || ':' || i.line as at, i.indicator, i.unit
from raw.economy_indicator as i
join named as n on ends_with(i.indicator, n.ending)
where i.unit <> n.unit
