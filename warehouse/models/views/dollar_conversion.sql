-- view: GDP and exchange rate of a pair's states in each year that has annual trade; the charts of trade convert dollars with them
-- dyad: The pair of states: two ISO 3166 alpha-3 codes in alphabetical order
-- year: Calendar year
-- iso3: ISO 3166-1 alpha-3 code of the state that the figure is about
-- country_name: English short name of the state
-- indicator: gdp_usd or exchange_rate_lcu_per_usd, the state's currency per dollar, mean of the year
-- value: The newest estimate, in the unit that the indicator names
-- evidence_id: Id of the figure in core.evidence
select d.dyad, i.year, i.iso3, case when i.iso3 = d.iso3_a then d.name_a else d.name_b end as country_name, i.indicator, i.value, i.evidence_id
from core.dyad as d
join core.economy_indicator as i on i.iso3 in (d.iso3_a, d.iso3_b)
where
    i.is_current
    and i.indicator in ('gdp_usd', 'exchange_rate_lcu_per_usd')
    and exists (
        from charts.bilateral_trade as t where t.dyad = d.dyad and t.frequency = 'annual' and year(t.period_start) = i.year
    )
