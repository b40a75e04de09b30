-- Trade of any two economies by year and direction, with the columns of bilateral_trade: from dyad_trade('FRA', 'DEU').
-- A direction without a row in a year of the edition is 0, since the edition contains all reported trade.
create or replace macro dyad_trade(a, b) as table
with
flows as (
    select
        m.year, x.exporter, if(x.exporter = a, b, a) as importer, m.release, m.evidence_id,
        coalesce(t.value_usd, 0)::double as value_usd
    from member as m
    cross join (values (a), (b)) as x (exporter)
    left join (
        -- one direction at a time, since DuckDB skips more row groups for `=` than for `in`
        from dyad_year where exporter = a and importer = b
        union all
        from dyad_year where exporter = b and importer = a
    ) as t  -- at most one: its key
        on t.year = m.year and t.exporter = x.exporter
    where exists (from country_code as c where c.iso3 = a) and exists (from country_code as c where c.iso3 = b) and a <> b
)
select
    least(a, b) || '-' || greatest(a, b) as dyad,
    'annual' as frequency,
    make_date(f.year, 1, 1) as period_start,
    f.exporter,
    f.importer,
    'CEPII BACI ' || f.release as basis,
    'both' as compiled_from,
    false as is_derived,
    null::varchar as reporter,
    'FOB' as valuation,
    f.value_usd,
    sum(f.value_usd) over (partition by f.year) as two_way_total_usd,
    100 * (f.value_usd / nullif(p.value_usd, 0) - 1) as change_pct,
    false as is_partial,
    ['reconciled'] as qualifications,
    list_distinct([f.evidence_id, coalesce(p.evidence_id, f.evidence_id)]) as evidence
from flows as f
left join flows as p on p.exporter = f.exporter and p.year = f.year - 1  -- at most one: the year before
order by f.year, f.exporter;
