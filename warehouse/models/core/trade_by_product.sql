-- grain: a vintage, known on the release's day, of a source's figure for a year, a direction and an HS code
-- key: evidence_id
select
    p.source,
    p.year,
    p.exporter_iso3 as exporter,
    p.importer_iso3 as importer,
    p.hs_code,
    p.value_usd,
    p.quantity_tonnes,
    coalesce(b.compiled_from, 'own') as compiled_from,
    d.published_on::date as known_on,
    row_number() over (
        partition by p.source, p.year, p.exporter_iso3, p.importer_iso3, p.hs_code
        order by d.published_on desc, p.evidence_id
    ) = 1 as is_current,
    p.evidence_id
from raw.trade_by_product as p
join raw.documents as d on d.source = p.source and d.document = p.document  -- one: its key
left join raw.trade_basis as b on b.basis_source = p.source and b.frequency = 'annual'  -- at most one: its key
where d.published_on::date <= getvariable('as_of')
