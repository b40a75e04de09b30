-- grain: a document's figure in US dollars; every vintage known on the release's day
-- key: evidence_id
-- note: a figure is current in the newest document of its source; earlier vintages show what was known before
select
    f.source,
    coalesce(b.basis, f.source) || if(coalesce(b.compiled_from, 'own') = 'own', ', ' || f.reporter_iso3 || '-reported', '') as basis,
    b.precedence,
    coalesce(b.compiled_from, 'own') as compiled_from,
    f.frequency,
    f.period::date as period_start,
    f.reporter_iso3 as reporter,
    f.partner_iso3,
    f.partner_iso3 in (select code from raw.economy_group) as is_aggregate,
    f.flow,
    f.valuation,
    f.value * u.usd as value_usd,
    f.is_estimate,
    f.is_partial,
    d.published_on::date as known_on,
    row_number() over (
        partition by f.source, f.frequency, f.period, f.reporter_iso3, f.partner_iso3, f.flow, f.is_partial
        order by d.published_on desc, f.evidence_id
    ) = 1 as is_current,
    f.evidence_id
from raw.trade_flow as f
join raw.documents as d on d.source = f.source and d.document = f.document  -- one: its key
join (values ('USD', 1), ('thousand USD', 1000)) as u (unit, usd) on u.unit = f.unit
left join raw.trade_basis as b on b.basis_source = f.source and b.frequency = f.frequency  -- at most one: its key
where d.published_on::date <= getvariable('as_of')
