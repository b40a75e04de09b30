-- audit: a flow added up from chapters is within a factor of 1.5 of every figure reported for it
-- table: core.trade_by_product
-- note: the largest real factor is 1.24 (China's exports in 2017); sources of the whole world are exempt, since small and early flows
--   differ widely between their two reports
with
reconciled as (
    select p.source, p.year, p.exporter, p.importer, sum(p.value_usd) as value_usd
    from core.trade_by_product as p
    join raw.trade_basis as b on b.basis_source = p.source and b.frequency = 'annual'
    join catalog.source as s on s.source = p.source and s.kind <> 'bulk'
    where length(p.hs_code) = 2 and p.is_current
    group by p.source, p.year, p.exporter, p.importer
)
select
    concat_ws(' ', r.source, r.year, r.exporter, r.importer) as at,
    r.value_usd,
    f.basis as compared_with,
    f.value_usd as reported_usd
from reconciled as r
join core.trade_flow as f
    on f.frequency = 'annual' and f.is_current and not f.is_partial and year(f.period_start) = r.year
    and (
        (f.flow = 'export' and f.reporter = r.exporter and f.partner_iso3 = r.importer)
        or (f.flow = 'import' and f.reporter = r.importer and f.partner_iso3 = r.exporter)
    )
where r.value_usd not between f.value_usd / 1.5 and f.value_usd * 1.5
