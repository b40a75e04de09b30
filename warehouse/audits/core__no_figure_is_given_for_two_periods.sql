-- audit: no flow has the same figure in two periods if the figure has five digits or more before its trailing zeros, unless listed in
--   raw.known_anomaly
-- table: core.trade_flow
-- note: some figures of four digits repeat (imports from Chile in 1985 and 1986, 181.5 million); one longer figure repeats and is listed
with
repeated as (
    select
        concat_ws(' ', b.source, b.period_start, b.reporter, b.partner_iso3, b.flow) as place,
        b.frequency, b.value_usd, a.period_start as also_in
    from core.trade_flow as a
    join core.trade_flow as b
        on b.source = a.source and b.frequency = a.frequency and b.reporter = a.reporter and b.partner_iso3 = a.partner_iso3 and b.flow = a.flow
        and b.is_partial = a.is_partial and b.value_usd = a.value_usd and b.period_start > a.period_start and b.is_current
    where a.is_current and len(rtrim(round(a.value_usd)::hugeint::varchar, '0')) >= 5
)
select r.place as at, r.frequency, r.value_usd, r.also_in
from repeated as r
anti join raw.known_anomaly as k on k.place = r.place and k.audit = 'core__no_figure_is_given_for_two_periods'
