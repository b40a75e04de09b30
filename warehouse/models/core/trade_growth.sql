-- grain: growth of a flow over the same period a year before, as its publisher last gave it
-- key: source, frequency, period_start, reporter, partner_iso3, flow
select
    g.source,
    g.frequency,
    g.period::date as period_start,
    g.reporter_iso3 as reporter,
    g.partner_iso3,
    g.flow,
    g.change_pct,
    d.published_on::date as known_on,
    g.evidence_id
from raw.trade_growth as g
join raw.documents as d on d.source = g.source and d.document = g.document  -- one: its key
where d.published_on::date <= getvariable('as_of')
qualify row_number() over (
    partition by g.source, g.frequency, g.period, g.reporter_iso3, g.partner_iso3, g.flow order by d.published_on desc, g.evidence_id
) = 1
