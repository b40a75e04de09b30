-- audit: every series in the written precedence is a source of this release
-- table: raw.trade_basis
select f.file || ':' || f.line as at, b.basis_source
from raw.trade_basis as b
join raw.figure_line as f on f.evidence_id = b.evidence_id
where b.basis_source not in (select source from catalog.source)
