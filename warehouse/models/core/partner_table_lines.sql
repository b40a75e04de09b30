-- grain: the lines of a snapshot file that contain one flow of a country's partner table in a year
-- key: country, year, evidence_id, is_mirror
-- note: the first table in the order of raw.partner_table whose parts were all published by the release's day; snapshot files are sorted so
--   that these lines are one block, which an audit checks
with
parts as (
    select * exclude (source), export_source as source, if(reported_by = 'partner', 'import', 'export') as flow, reported_by = 'partner' as is_mirror
    from raw.partner_table
    where export_source is not null
    union all
    select * exclude (source), import_source, 'import', false from raw.partner_table where import_source is not null
    union all
    select * exclude (source), total_source, 'total', reported_by = 'partner' from raw.partner_table where total_source is not null
),
figures as (
    select p.country, year(f.period_start) as year, p.precedence, p.source, p.flow, p.world_source, p.is_mirror, p.is_complete, r.file, r.line, r.document
    from parts as p
    join core.trade_flow as f
        on f.source = p.source and f.flow = p.flow and f.frequency = 'annual' and f.is_current and not f.is_partial
        and if(p.is_mirror and p.flow = 'import', f.partner_iso3, f.reporter) = p.country
        and year(f.period_start) between p.first_year and p.last_year
    join raw.trade_flow as r on r.evidence_id = f.evidence_id  -- one: its key
    -- a later vintage replaces the whole table, so flows that it does not list are dropped
    qualify max(f.known_on) over (partition by p.country, year(f.period_start), p.source, p.flow, r.file)
        = max(f.known_on) over (partition by p.country, year(f.period_start), p.source, p.flow)
),
preferred as (
    select country, year, precedence
    from figures
    group by country, year, precedence
    having bool_or(flow = 'total') or count(distinct flow || is_mirror) = 2
    qualify row_number() over (partition by country, year order by precedence) = 1
)
select
    f.country,
    f.year,
    f.source,
    f.flow,
    f.world_source,
    f.is_mirror,
    f.is_complete,
    s.file,
    min(f.line) as first_line,
    max(f.line) as last_line,
    count(f.line) as figure_count,
    min(f.document) as document,
    f.source || '/trade_flow@' || left(s.sha256, 8) || ':' || min(f.line) || '-' || max(f.line) as evidence_id
from figures as f
join preferred as p on p.country = f.country and p.year = f.year and p.precedence = f.precedence  -- one: its group
join raw.snapshot_file as s on s.file = f.file  -- one: its key
group by f.country, f.year, f.source, f.flow, f.world_source, f.is_mirror, f.is_complete, s.file, s.sha256
