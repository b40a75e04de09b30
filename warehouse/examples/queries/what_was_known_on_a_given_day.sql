-- What could a reader know on 12 December 2024 about trade and growth in 2023, and what came later?
-- (A release built with --as-of 2024-12-12 has only the vintages known by then; this query gives the day of every vintage.)
select
    known_on <= date '2024-12-12' as was_known,
    known_on,
    figure,
    round(value, 2) as value,
    unit,
    publisher
from (
    select f.known_on, 'trade, two-way, ' || f.basis as figure, sum(f.value_usd) / 1e9 as value, 'bn USD' as unit, any_value(e.publisher) as publisher
    from core.trade_flow as f
    join core.evidence as e on e.evidence_id = f.evidence_id  -- one: its key
    where f.frequency = 'annual' and f.period_start = date '2023-01-01'
        and ((f.reporter = 'CHN' and f.partner_iso3 = 'RUS') or (f.reporter = 'RUS' and f.partner_iso3 = 'CHN'))
    group by f.known_on, f.source, f.basis, f.flow = 'total'
    having bool_or(f.flow = 'total') or count(distinct f.flow) = 2  -- a total as published, or both directions
    union all
    select known_on, 'growth, ' || iso3, value, unit, publisher
    from core.economy_indicator
    where iso3 = 'RUS' and indicator = 'gdp_growth_pct' and year = 2023
)
order by known_on, figure;
