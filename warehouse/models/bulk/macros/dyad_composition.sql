-- What any two economies sell each other by HS chapter, as dataset trade_composition shows it: from dyad_composition('FRA', 'DEU').
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
    [m.evidence_id] as evidence
from chapter as t
left join hs_chapter as h on h.hs_chapter = t.hs_chapter  -- one: its key
join member as m on m.year = t.year  -- one: a member a year
where t.exporter in (a, b) and t.importer in (a, b)
order by t.year, t.exporter, t.hs_chapter;
