-- Sales of any two economies to each other by HS chapter, with the columns of trade_composition: from dyad_composition('FRA', 'DEU').
create or replace macro dyad_composition(a, b) as table
select
    least(a, b) || '-' || greatest(a, b) as dyad,
    t.year,
    t.exporter,
    t.importer,
    t.hs_chapter,
    h.product_group,
    t.value_usd::double as value_usd,
    100 * t.value_usd::double / sum(t.value_usd::double) over (partition by t.year, t.exporter) as share_pct,
    t.quantity_tonnes::double as quantity_tonnes,
    'both' as compiled_from,
    ['reconciled'] as qualifications,
    [m.evidence_id] as evidence
from (
    -- one direction at a time, since DuckDB skips more row groups for `=` than for `in`
    from chapter where exporter = a and importer = b
    union all
    from chapter where exporter = b and importer = a
) as t
left join hs_chapter as h on h.hs_chapter = t.hs_chapter  -- at most one: its key
join member as m on m.year = t.year  -- one: each year has one member
order by t.year, t.exporter, t.hs_chapter;
