-- view: Headline trade of a dyad in a year, both directions in one row
-- dyad: The pair of states: two ISO 3166 alpha-3 codes in alphabetical order
-- year: Calendar year
-- iso3_a: The dyad's first state, alphabetically
-- iso3_b: The dyad's second state, alphabetically
-- name_a: Name of the dyad's first state
-- name_b: Name of the dyad's second state
-- a_sells_b_usd: What the first state sells the second, current US dollars [USD]
-- b_sells_a_usd: What the second state sells the first, current US dollars [USD]
-- two_way_total_usd: Both directions, or the total if only that is published, current US dollars [USD]
-- basis: Published series that the figures are from; not the same in all years
-- is_partial: True while the year is not complete
-- evidence: Ids in core.evidence of every figure the row was computed from
select
    t.dyad,
    year(t.period_start) as year,
    d.iso3_a,
    d.iso3_b,
    d.name_a,
    d.name_b,
    any_value(t.value_usd) filter (where t.exporter = d.iso3_a) as a_sells_b_usd,
    any_value(t.value_usd) filter (where t.exporter = d.iso3_b) as b_sells_a_usd,
    any_value(t.two_way_total_usd) as two_way_total_usd,
    any_value(t.basis) as basis,
    bool_or(t.is_partial) as is_partial,
    list_sort(list_distinct(flatten(list(t.evidence)))) as evidence
from charts.bilateral_trade as t
join core.dyad as d on d.dyad = t.dyad  -- one: its key
where t.frequency = 'annual' and t.is_headline
group by t.dyad, t.period_start, d.iso3_a, d.iso3_b, d.name_a, d.name_b
