-- grain: a source that values trade without freight, a year, an exporter and an importer; crude oil has the importer's value
-- key: source, year, exporter, importer
-- note: BACI values trade without freight before the year in raw.trade_break and in effect with freight from then on, so that its energy
--   shares before and after cannot be compared. This table values crude oil, by far the largest part, with freight throughout. The freight
--   of other goods is not known by product; in 2021 it is 2.6 bn USD by the importer's total, so that the share with all freight is
--   between 67.2 % (all of it on goods other than energy) and 70.6 % (all of it on energy)
with
flows as (
    select
        source, year, exporter, importer, sum(value_usd) filter (where length(hs_code) = 2) as flow_usd,
        any_value(value_usd) filter (where hs_code = '27') as energy_usd, any_value(value_usd) filter (where hs_code = '2709') as crude_usd,
        max(known_on) as known_on, list(evidence_id order by hs_code) filter (where length(hs_code) = 2 or hs_code = '2709') as evidence
    from core.trade_by_product
    where is_current and (length(hs_code) = 2 or hs_code = '2709')
    group by source, year, exporter, importer
),
customs as (
    select * from core.energy_volume
    where hs_code = '2709' and period_label = 'year' and value_usd is not null
    qualify row_number() over (partition by year, exporter, importer order by known_on desc, evidence_id) = 1
)
select
    f.source,
    f.year,
    f.exporter,
    f.importer,
    f.energy_usd - f.crude_usd + c.value_usd as energy_usd,
    f.flow_usd - f.crude_usd + c.value_usd as flow_usd,
    100 * (f.energy_usd - f.crude_usd + c.value_usd) / (f.flow_usd - f.crude_usd + c.value_usd) as share_pct,
    greatest(f.known_on, c.known_on) as known_on,
    true as is_derived,
    list_append(f.evidence, c.evidence_id) as evidence
from flows as f
join raw.trade_break as b on b.basis_source = f.source and f.year < b.first_year  -- at most one: a break of a series
join customs as c on c.year = f.year and c.exporter = f.exporter and c.importer = f.importer  -- at most one: the newest statement
where f.energy_usd is not null and f.crude_usd is not null
