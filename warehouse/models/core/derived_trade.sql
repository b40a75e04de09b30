-- grain: a flow of a month, of two months or of a year that its publisher does not give, computed from other figures of its series
-- key: source, period_start, month_count, reporter, partner_iso3, flow
-- note: one or two missing months are the year to date at a later month, minus the year to date at an earlier one, minus the published
--   months between them; a year without a figure is the next year's figure divided by one plus its published growth. A published figure is off by up
--   to half its last printed digit; of several ways to compute a month, the one with the smallest uncertainty is used
with
figures as (
    select
        f.*, year(f.period_start) as year, if(f.frequency = 'annual', 12, month(f.period_start)) as month,
        catalog.last_digit(f.value_usd) as last_digit
    from core.trade_flow as f
    semi join (select source, reporter, partner_iso3 from core.trade_flow where frequency <> 'annual') using (source, reporter, partner_iso3)
    where f.is_current and not f.is_partial and f.flow <> 'total'
),
-- the sum from January to the end of each month; below, month 0 is a sum of 0
reached as (
    from figures
    where frequency in ('annual', 'year_to_date')
    qualify row_number() over (partition by source, reporter, partner_iso3, flow, year, month order by last_digit, frequency) = 1
),
spans as (
    select
        r.*, b.month as after_month, r.value_usd - b.value_usd as beyond_usd, r.last_digit + b.last_digit as digits,
        greatest(r.known_on, b.known_on) as both_known_on, b.evidence_id as evidence_before
    from reached as r
    join (
        select source, reporter, partner_iso3, flow, year, month, value_usd, known_on, last_digit, evidence_id from reached
        union all
        select distinct source, reporter, partner_iso3, flow, year, 0, 0, null::date, 0, null from reached
    ) as b
        on b.source = r.source and b.reporter = r.reporter and b.partner_iso3 = r.partner_iso3 and b.flow = r.flow and b.year = r.year
        and b.month < r.month
),
-- each month of a span, with its own figure if it has one
months as (
    select
        s.*, n.month as within, m.value_usd as month_usd, m.last_digit as month_digit, m.known_on as month_known_on,
        m.evidence_id as month_evidence
    from spans as s
    cross join unnest(range(s.after_month + 1, s.month + 1)) as n (month)
    left join figures as m  -- at most one: the current figure of a month
        on m.frequency = 'monthly' and m.source = s.source and m.reporter = s.reporter and m.partner_iso3 = s.partner_iso3
        and m.flow = s.flow and m.year = s.year and m.month = n.month
),
rests as (
    select
        source, reporter, partner_iso3, flow, valuation, year, after_month, month,
        min(within) filter (where month_usd is null) as first_month,
        max(within) filter (where month_usd is null) as last_month,
        count(*) - count(month_usd) as month_count,
        any_value(beyond_usd) - coalesce(sum(month_usd), 0) as value_usd,
        (any_value(digits) + coalesce(sum(month_digit), 0)) / 2 as uncertainty_usd,
        greatest(any_value(both_known_on), max(month_known_on)) as known_on,
        list(monthname(make_date(year, within, 1)) order by within) filter (where month_usd is not null) as months_between,
        list_filter(
            [any_value(evidence_id), any_value(evidence_before)] || list(month_evidence order by within), lambda id: id is not null
        ) as evidence
    from months
    group by source, reporter, partner_iso3, flow, valuation, year, after_month, month
),
best as (
    from rests
    where last_month - first_month = month_count - 1 and month_count between 1 and 2 and len(evidence) > 1
    qualify row_number() over (
        partition by source, year, first_month, month_count, reporter, partner_iso3, flow order by uncertainty_usd, month
    ) = 1
)
select
    b.source,
    coalesce(n.basis, b.source) || ' (derived), ' || b.reporter || '-reported' as basis,
    make_date(year, first_month, 1) as period_start,
    month_count,
    reporter,
    partner_iso3,
    partner_iso3 in (select code from raw.economy_group) as is_aggregate,
    flow,
    valuation,
    value_usd,
    uncertainty_usd,
    concat_ws(
        ' ', 'January to', monthname(make_date(year, month, 1)), 'less',
        array_to_string(
            if(after_month > 0, ['January to ' || monthname(make_date(year, after_month, 1))], []) || coalesce(months_between, []), ', '
        )
    ) as rule,
    known_on,
    true as is_derived,
    evidence
from best as b
left join raw.trade_basis as n on n.basis_source = b.source and n.frequency = 'monthly'  -- at most one: its key
-- two months together only if neither can be computed alone
where month_count = 1 or not exists (
    select 1
    from best as s
    where s.month_count = 1 and s.source = b.source and s.reporter = b.reporter and s.partner_iso3 = b.partner_iso3 and s.flow = b.flow
        and s.year = b.year and s.first_month between b.first_month and b.last_month
)
union all
select
    f.source,
    coalesce(n.basis, f.source) || ' (derived), ' || f.reporter || '-reported',
    (f.period_start - interval 1 year)::date,
    12,
    f.reporter,
    f.partner_iso3,
    f.is_aggregate,
    f.flow,
    f.valuation,
    f.value_usd / (1 + g.change_pct / 100),
    f.value_usd * 0.0005 / (1 + g.change_pct / 100) ** 2,  -- growth is published to a tenth of a per cent
    'the year after, divided by one plus its published growth of ' || g.change_pct || ' %',
    greatest(f.known_on, g.known_on),
    true,
    [f.evidence_id, g.evidence_id]
from core.trade_growth as g
join core.trade_flow as f  -- at most one: the current figure of a year
    on f.is_current and not f.is_partial and f.frequency = g.frequency and f.source = g.source and f.reporter = g.reporter
    and f.partner_iso3 = g.partner_iso3 and f.flow = g.flow and f.period_start = g.period_start
left join raw.trade_basis as n on n.basis_source = f.source and n.frequency = 'annual'  -- at most one: its key
where g.frequency = 'annual'
    and not exists (
        select 1
        from core.trade_flow as b
        where not b.is_partial and b.frequency = 'annual' and b.source = f.source and b.reporter = f.reporter
            and b.partner_iso3 = f.partner_iso3 and b.flow = f.flow and b.period_start = (f.period_start - interval 1 year)::date
    )
