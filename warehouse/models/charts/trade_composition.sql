-- grain: a year, a direction and an HS chapter
-- key: dyad, year, exporter, hs_chapter
-- chapter: trade
-- title: What each state sells the other
-- row_text: {exporter} to {importer}, {year}, chapter {hs_chapter} ({product_group}): {value_usd}, {share_pct} of the flow
-- unit: current US dollars; % of the exporter's sales to the importer in the year
-- counting_rule: HS chapters, each in one product group; one source per year and direction
-- how_to_read: sum value_usd by product_group; share_pct adds up to 100 in a year and direction
-- not_shown: services; goods that customs withhold from the breakdown
-- note: only sources that give all trade by chapter (those in raw.trade_basis) are used; in such a source a chapter without a row was
--   not traded in that year
with
chapters as (
    select p.*, b.precedence
    from core.trade_by_product as p
    join raw.trade_basis as b on b.basis_source = p.source and b.frequency = 'annual'  -- one: its key
    where length(p.hs_code) = 2 and p.is_current
),
preferred as (
    select * from chapters
    qualify precedence = min(precedence) over (partition by year, exporter, importer)
)
select
    d.dyad,
    p.year,
    p.exporter,
    p.importer,
    h.hs_chapter,
    h.product_group,
    p.value_usd,
    100 * p.value_usd / sum(p.value_usd) over (partition by d.dyad, p.year, p.exporter) as share_pct,
    p.quantity_tonnes,
    p.compiled_from,
    [p.evidence_id, h.evidence_id] as evidence
from core.dyad as d
join preferred as p on (p.exporter = d.iso3_a and p.importer = d.iso3_b) or (p.exporter = d.iso3_b and p.importer = d.iso3_a)
join raw.hs_chapter as h on h.hs_chapter = p.hs_code  -- one: its key
