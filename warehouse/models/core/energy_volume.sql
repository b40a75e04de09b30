-- grain: a statement of a volume in a document
-- key: evidence_id
select
    e.year,
    e.period_label,
    e.commodity,
    e.hs_code,
    e.exporter_iso3 as exporter,
    e.importer_iso3 as importer,
    e.quantity,
    e.quantity_unit,
    e.value_usd,
    e.source,
    d.published_on::date as known_on,
    e.evidence_id
from raw.energy_volume as e
join raw.documents as d on d.source = e.source and d.document = e.document  -- one: its key
where d.published_on::date <= getvariable('as_of')
