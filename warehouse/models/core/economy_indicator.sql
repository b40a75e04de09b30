-- grain: a vintage of a figure
-- key: evidence_id
select
    i.iso3,
    i.year,
    i.indicator,
    i.value,
    i.unit,
    i.is_forecast,
    d.published_on::date as known_on,
    not i.is_forecast and row_number() over (
        partition by i.iso3, i.year, i.indicator, i.is_forecast order by d.published_on desc, i.evidence_id
    ) = 1 as is_current,
    d.publisher,
    i.evidence_id
from raw.economy_indicator as i
join raw.documents as d on d.source = i.source and d.document = i.document  -- one: its key
where d.published_on::date <= getvariable('as_of')
