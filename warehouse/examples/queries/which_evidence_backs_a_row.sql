-- Which documents and which lines of which files is a row computed from, here the headline figure of China's exports in 2023?
select
    t.value_usd, e.as_printed, e.publisher, e.title, e.published_on, e.is_primary, e.url, e.via, e.via_url, e.locator, e.snapshot_sha256,
    e.licence
from charts.bilateral_trade as t
cross join unnest(t.evidence) as cited (evidence_id)
join core.evidence as e on e.evidence_id = cited.evidence_id  -- one: its key
where t.dyad = 'CHN-RUS' and t.frequency = 'annual' and t.period_start = date '2023-01-01'
    and t.exporter = 'CHN' and t.is_headline
order by e.file, e.first_line;
