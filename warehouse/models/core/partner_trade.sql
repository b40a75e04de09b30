-- grain: a country, a year and a partner, including aggregates as published (EUU, ASN, WLD)
-- key: country, year, partner_iso3
-- note: if the table is a mirror (raw.partner_table), the partner's reported imports stand in for the country's exports; an aggregate of
--   which the table gives only one direction is left out, since it is no two-way trade
with
partners as (
    select
        l.country,
        l.year,
        if(f.reporter = l.country, f.partner_iso3, f.reporter) as partner_iso3,
        sum(f.value_usd) as trade_usd,
        count(distinct l.flow || l.is_mirror) as part_count,
        bool_or(l.is_mirror) as is_mirror,
        bool_and(l.is_complete) as is_complete,
        list(f.evidence_id order by f.evidence_id) as evidence
    from core.partner_table_lines as l
    join raw.trade_flow as r on r.file = l.file and r.line between l.first_line and l.last_line
    join core.trade_flow as f on f.evidence_id = r.evidence_id and f.is_current  -- one: its key
    group by l.country, l.year, if(f.reporter = l.country, f.partner_iso3, f.reporter)
)
select
    country,
    year,
    partner_iso3,
    partner_iso3 in (select code from raw.economy_group) as is_aggregate,
    trade_usd,
    -- a rank compares all partners, so one mirrored part makes the table a mirror
    bool_or(is_mirror) over (partition by country, year) as is_mirror,
    is_complete,
    evidence
from partners
qualify not is_aggregate or part_count = max(part_count) over (partition by country, year)
