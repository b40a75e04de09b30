-- grain: a period, a direction and a basis
-- key: dyad, frequency, period_start, exporter, basis
-- chapter: trade
-- title: Trade between the two states
-- row_text: {exporter} to {importer}, {frequency} figure of {period_start}: {value_usd} ({basis})
-- unit: current US dollars
-- counting_rule: one publisher's series for each period: published before derived, complete before partial, both directions before a total
--   alone, then by a fixed order; the other publishers' figures are in the data
-- how_to_read: filter is_headline for the charted series; is_derived marks a figure computed from others of its series; never add rows of
--   different bases; exports FOB and imports CIF differ by freight and insurance; is_partial marks a period that is not complete
-- not_shown: services, and trade that no customs office records
-- note: a period's headline is a published series before a derived one, a complete period before a partial one, then the first basis in
--   raw.trade_basis that gives both directions, then the first that gives a two-way total; if one source has the figures of both states,
--   those reported by the dyad's first state come first
with
flows as (
    select
        d.dyad, d.iso3_a, d.iso3_b, f.frequency, f.period_start, f.source, f.basis, f.compiled_from, f.precedence,
        if(f.compiled_from = 'own', f.reporter, null) as reporter, f.flow, f.valuation,
        if(f.flow = 'export', f.reporter, f.partner_iso3) as exporter,
        f.value_usd, f.is_partial, false as is_derived, [f.evidence_id] as evidence
    from core.dyad as d
    join core.trade_flow as f
        on (f.reporter = d.iso3_a and f.partner_iso3 = d.iso3_b) or (f.reporter = d.iso3_b and f.partner_iso3 = d.iso3_a)
    where f.is_current and f.frequency in ('annual', 'monthly')
    union all
    select
        d.dyad, d.iso3_a, d.iso3_b, if(f.month_count = 1, 'monthly', 'annual'), f.period_start, null, f.basis, 'own', null, f.reporter, f.flow,
        f.valuation, if(f.flow = 'export', f.reporter, f.partner_iso3), f.value_usd, false, true, f.evidence
    from core.dyad as d
    join core.derived_trade as f
        on (f.reporter = d.iso3_a and f.partner_iso3 = d.iso3_b) or (f.reporter = d.iso3_b and f.partner_iso3 = d.iso3_a)
    where f.month_count in (1, 12)
    union all
    -- reconciled by product: the sum of chapters is the flow
    select
        d.dyad, d.iso3_a, d.iso3_b, 'annual', make_date(p.year, 1, 1), null, b.basis, b.compiled_from, b.precedence, null, 'export', 'FOB',
        p.exporter, sum(p.value_usd), false, false, list(p.evidence_id order by p.hs_code)
    from core.dyad as d
    join core.trade_by_product as p
        on (p.exporter = d.iso3_a and p.importer = d.iso3_b) or (p.exporter = d.iso3_b and p.importer = d.iso3_a)
    join raw.trade_basis as b on b.basis_source = p.source and b.frequency = 'annual'
    where length(p.hs_code) = 2 and p.is_current
    group by d.dyad, d.iso3_a, d.iso3_b, p.year, b.basis, b.compiled_from, b.precedence, p.exporter
),
-- a finished year replaces the unfinished one of the same basis
settled as (
    select * from flows
    qualify is_partial = min(is_partial) over (partition by dyad, frequency, period_start, basis)
),
totals as (
    select
        dyad, iso3_a, iso3_b, frequency, period_start, basis, compiled_from, precedence, any_value(reporter) as reporter,
        count(*) filter (where flow <> 'total') = 2 as has_both,
        coalesce(
            any_value(value_usd) filter (where flow = 'total'),
            if(count(*) filter (where flow <> 'total') = 2, sum(value_usd) filter (where flow <> 'total'), null)
        ) as two_way_total_usd,
        bool_or(is_partial) as is_partial,
        bool_or(is_derived) as is_derived,
        flatten(list(evidence order by flow, exporter)) as evidence
    from settled
    group by dyad, iso3_a, iso3_b, frequency, period_start, basis, compiled_from, precedence
),
headline as (
    select dyad, frequency, period_start, basis
    from totals
    where two_way_total_usd is not null
    qualify row_number() over (
        partition by dyad, frequency, period_start
        order by is_derived, is_partial, has_both desc, precedence nulls last, reporter = iso3_b, basis
    ) = 1
),
directions as (
    select t.*, x.exporter, if(x.exporter = t.iso3_a, t.iso3_b, t.iso3_a) as importer, s.valuation, s.value_usd, s.evidence as own_evidence,
        g.change_pct as published_pct, g.evidence_id as growth_evidence
    from totals as t
    cross join lateral (values (t.iso3_a), (t.iso3_b)) as x (exporter)
    left join settled as s  -- at most one: a direction of a basis
        on s.dyad = t.dyad and s.frequency = t.frequency and s.period_start = t.period_start and s.basis = t.basis
        and s.exporter = x.exporter and s.flow <> 'total'
    left join core.trade_growth as g  -- at most one: its key, since only one of the two is the reporter's partner
        on g.source = s.source and g.frequency = s.frequency and g.period_start = s.period_start and g.reporter = s.reporter
        and g.partner_iso3 in (t.iso3_a, t.iso3_b) and g.flow = s.flow
    -- a direction without a figure has a row only if the basis has a two-way total of the period
    where s.value_usd is not null or t.two_way_total_usd is not null
)
select
    c.dyad,
    c.frequency,
    c.period_start,
    c.exporter,
    c.importer,
    c.basis,
    c.compiled_from,
    h.basis is not null as is_headline,
    c.is_derived,
    c.reporter,
    c.valuation,
    c.value_usd,
    c.two_way_total_usd,
    coalesce(c.published_pct, if(c.is_partial or b.is_partial, null, 100 * (c.value_usd / nullif(b.value_usd, 0) - 1))) as change_pct,
    c.is_partial,
    list_distinct(list_concat(
        c.evidence, case when c.published_pct is null then coalesce(b.own_evidence, []) else [c.growth_evidence] end
    )) as evidence
from directions as c
left join headline as h  -- at most one: its key
    on h.dyad = c.dyad and h.frequency = c.frequency and h.period_start = c.period_start and h.basis = c.basis
left join directions as b  -- at most one: the same series a year before
    on b.dyad = c.dyad and b.frequency = c.frequency and b.basis = c.basis and b.exporter = c.exporter
    and b.period_start = (c.period_start - interval 1 year)::date
