-- audit: a partner's trade is the sum of one current figure per reporter and flow
-- table: core.partner_trade
with
parts as (
    select country, year, partner_iso3, unnest(evidence) as evidence_id from core.partner_trade
)
select
    concat_ws(' ', p.country, p.year, p.partner_iso3) as at,
    f.flow,
    count(*) as figure_count,
    count(*) filter (where not f.is_current) as superseded_count,
    string_agg(p.evidence_id, ' ' order by p.evidence_id) as evidence
from parts as p
join core.trade_flow as f on f.evidence_id = p.evidence_id
group by p.country, p.year, p.partner_iso3, f.reporter, f.flow
having count(*) > 1 or bool_or(not f.is_current)
