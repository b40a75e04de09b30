-- Which figures were later revised, when, by whom, and how far off was the first value?
with
vintages as (
    -- growth is one series per country, whoever publishes it
    select
        'GDP growth, ' || iso3 as figure, year, unit, value, known_on, publisher, evidence_id,
        lag(value) over growth as value_before, lag(known_on) over growth as known_before
    from core.economy_indicator
    where indicator = 'gdp_growth_pct' and not is_forecast
    window growth as (partition by iso3, year order by known_on)
    union all
    -- in trade each publisher's figures are a series of their own, so that only a later figure of the same source is a revision
    select
        flow || ', ' || reporter || ' and ' || partner_iso3 || ', ' || basis, year(period_start), 'bn USD', value_usd / 1e9, known_on,
        source, evidence_id, lag(value_usd / 1e9) over flows, lag(known_on) over flows
    from core.trade_flow
    window flows as (partition by source, frequency, period_start, reporter, partner_iso3, flow, is_partial order by known_on)
)
select
    v.figure, v.year, v.unit, v.known_before, round(v.value_before, 2) as value_before, v.known_on, round(v.value, 2) as value,
    round(v.value - v.value_before, 2) as change, e.publisher
from vintages as v
join core.evidence as e on e.evidence_id = v.evidence_id  -- one: its key
where v.value <> v.value_before
order by v.figure, v.year, v.known_on;
