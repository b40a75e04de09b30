-- grain: a figure that its source published again with another value
-- key: evidence_id
-- note: another source's figure is another series, not a revision; nor is the same figure with more or fewer digits
with
vintages as (
    select
        source, flow || ', ' || reporter || ' and ' || partner_iso3 || ', ' || frequency || if(is_partial, ', partial', '') as figure,
        period_start, 'USD' as unit, value_usd as value, known_on, evidence_id
    from core.trade_flow
    union all
    select
        source, 'trade, ' || exporter || ' to ' || importer || ', HS ' || hs_code, make_date(year, 1, 1), 'USD', value_usd, known_on, evidence_id
    from core.trade_by_product
    union all
    -- an indicator's figures from several publishers are one series, since a source collects all publications of one statistic
    select
        e.source, i.indicator || ', ' || i.iso3 || if(i.is_forecast, ', forecast', ''), make_date(i.year, 1, 1), i.unit, i.value, i.known_on,
        i.evidence_id
    from core.economy_indicator as i
    join core.evidence as e on e.evidence_id = i.evidence_id  -- one: its key
)
select
    source, figure, period_start, unit,
    lag(value) over earlier as value_before,
    value,
    lag(known_on) over earlier as known_before,
    known_on,
    lag(evidence_id) over earlier as evidence_before,
    evidence_id
from vintages
window earlier as (partition by source, figure, period_start, unit order by known_on, evidence_id)
qualify abs(value - value_before) > greatest(catalog.last_digit(value), catalog.last_digit(value_before)) / 2
