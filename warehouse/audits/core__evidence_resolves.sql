-- audit: every evidence id in a core table resolves in core.evidence
-- table: core.evidence
with
cited as (
    select 'core.trade_flow' as model, concat_ws(' ', source, frequency, period_start, reporter, partner_iso3, flow) as key, evidence_id as evidence_id from core.trade_flow
    union all
    select 'core.partner_trade', concat_ws(' ', country, year, partner_iso3), unnest(evidence) from core.partner_trade
    union all
    select 'core.partner_table_lines', concat_ws(' ', country, year, source, flow), evidence_id from core.partner_table_lines
    union all
    select 'core.trade_by_product', concat_ws(' ', source, year, exporter, importer, hs_code), evidence_id from core.trade_by_product
    union all
    select 'core.revision', figure || ' ' || period_start, unnest([evidence_before, evidence_id]) from core.revision
    union all
    select 'core.energy_volume', concat_ws(' ', exporter, importer, year, period_label, commodity), evidence_id from core.energy_volume
    union all
    select 'core.economy_indicator', concat_ws(' ', iso3, year, indicator), evidence_id from core.economy_indicator
    union all
    select 'core.exercise', exercise_id, evidence_id from core.exercise
    union all
    select 'core.veto', draft_symbol, evidence_id from core.veto
    union all
    select 'core.council_vote', concat_ws(' ', draft_symbol, member_iso3), evidence_id from core.council_vote
    union all
    select 'core.membership', concat_ws(' ', bloc, iso3, status, since), evidence_id from core.membership
    union all
    select 'core.country_shape', name, evidence_id from core.country_shape
    union all
    select 'core.dyad', dyad, unnest(evidence) from core.dyad
)
select c.model || ' ' || c.key as at, coalesce(c.evidence_id, 'none') as evidence_id
from cited as c
anti join core.evidence as e on e.evidence_id = c.evidence_id
