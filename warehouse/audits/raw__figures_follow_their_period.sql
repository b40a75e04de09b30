-- audit: a figure of a finished period was published on its last day or later, a forecast by the end of its year, and a figure for the
--   year to date within half a year of its last month
-- table: raw.documents
-- note: the longest real wait for a figure for the year to date was 72 days; a document that was published on the day it was read is left
--   out of this bound, since it may state no day of its own
with
finished as (
    select
        source, document, evidence_id,
        (period + if(frequency = 'annual', interval 1 year, interval 1 month) - interval 1 day)::date as last_day
    from raw.trade_flow
    where not is_partial or frequency = 'year_to_date'
    union all
    select source, document, evidence_id, make_date(year, 12, 31) from raw.economy_indicator where not is_forecast
    union all
    select source, document, evidence_id, make_date(year, 12, 31) from raw.trade_by_product
    union all
    select source, document, evidence_id, make_date(year, 12, 31) from raw.energy_volume where period_label = 'year'
    union all
    select source, document, evidence_id, vote_date from raw.veto
    union all
    select source, document, evidence_id, vote_date from raw.failed_draft
),
forecasts as (
    select source, document, evidence_id, make_date(year, 12, 31) as last_day from raw.economy_indicator where is_forecast
)
select f.file || ':' || f.line as at, d.published_on, u.last_day
from (select *, true as is_finished from finished union all select *, false from forecasts) as u
join raw.documents as d on d.source = u.source and d.document = u.document
join raw.figure_line as f on f.evidence_id = u.evidence_id
where if(u.is_finished, d.published_on < u.last_day, d.published_on > u.last_day)
union all
select f.file || ':' || f.line, d.published_on, t.period
from raw.trade_flow as t
join raw.documents as d on d.source = t.source and d.document = t.document
join raw.figure_line as f on f.evidence_id = t.evidence_id
where t.frequency = 'year_to_date' and d.published_on > t.period + 183 and d.published_on < d.read_on
