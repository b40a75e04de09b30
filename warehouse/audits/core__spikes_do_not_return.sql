-- audit: above a billion dollars, no figure differs from both adjacent periods by more than a factor of 4 (annual) or 2.5 (monthly) in
--   the same direction, unless listed in raw.known_anomaly
-- table: core.trade_flow
-- note: the largest real factors are 3.9 (Libya's oil in 2020) and 2.0 (February 2020); three years exceed the bound and are listed
with
series as (
    select
        concat_ws(' ', source, period_start, reporter, partner_iso3, flow) as place, value_usd, period_start,
        if(frequency = 'annual', interval 1 year, interval 1 month) as step, if(frequency = 'annual', 4, 2.5) as factor,
        lag(value_usd) over one as before_usd, lag(period_start) over one as before_start,
        lead(value_usd) over one as after_usd, lead(period_start) over one as after_start
    from core.trade_flow
    where is_current and not is_partial and frequency in ('annual', 'monthly')
    window one as (partition by source, frequency, reporter, partner_iso3, flow order by period_start)
)
select s.place as at, s.before_usd, s.value_usd, s.after_usd
from series as s
anti join raw.known_anomaly as k on k.place = s.place and k.audit = 'core__spikes_do_not_return'
where s.before_start + s.step = s.period_start and s.after_start - s.step = s.period_start
    and greatest(s.before_usd, s.value_usd, s.after_usd) > 1e9
    and (s.value_usd > s.factor * greatest(s.before_usd, s.after_usd) or s.factor * s.value_usd < least(s.before_usd, s.after_usd))
