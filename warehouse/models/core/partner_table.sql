-- grain: a country's partner table of a year
-- key: country, year
-- note: a table that should list all partners (is_complete) is marked is_incomplete if its partners add up to less than 95 percent of the
--   published world total, or if it lacks a large partner: one with more than 1 percent of the total in an earlier and in a later such
--   table, at most four years apart; incomplete_because gives the reason
with
world as (
    select
        l.country,
        l.year,
        sum(w.value_usd) as total_trade_usd,
        string_agg(distinct w.basis, '; ' order by w.basis) as total_basis,
        list(w.evidence_id order by w.evidence_id) as evidence
    from (select distinct country, year, world_source from core.partner_table_lines) as l
    join core.trade_flow as w
        on w.source = l.world_source and w.reporter = l.country and w.partner_iso3 = 'WLD' and w.is_current
        and w.frequency = 'annual' and not w.is_partial and year(w.period_start) = l.year
    group by l.country, l.year
    having count(distinct w.flow) = 2 or any_value(w.flow) = 'total'
),
lines as (
    select country, year, any_value(world_source) as world_source, list(evidence_id order by evidence_id) as evidence
    from core.partner_table_lines
    group by country, year
),
partners as (
    select p.country, p.year, p.partner_iso3, p.trade_usd, p.is_complete, p.is_mirror, 100 * p.trade_usd / w.total_trade_usd as share_pct
    from core.partner_trade as p
    left join world as w on w.country = p.country and w.year = p.year  -- at most one: its group
    where not p.is_aggregate
),
sums as (
    select
        country, year, sum(trade_usd) as partners_usd, sum(share_pct) as reached_pct, bool_and(is_complete) as is_complete,
        bool_or(is_mirror) as is_mirror
    from partners
    group by country, year
),
around as (
    select country, partner_iso3, year, lead(year) over one as next_year
    from partners
    where is_complete and share_pct > 1
    window one as (partition by country, partner_iso3 order by year)
),
missing as (
    select a.country, m.year, list(a.partner_iso3 order by a.partner_iso3) as partners
    from around as a
    cross join unnest(range(a.year + 1, a.next_year)) as m (year)
    anti join partners as p on p.country = a.country and p.year = m.year and p.partner_iso3 = a.partner_iso3
    where a.next_year - a.year <= 4
    group by a.country, m.year
),
tables as (
    select
        s.*, w.total_trade_usd, w.total_basis, l.world_source,
        if(s.is_complete, coalesce(m.partners, []), []) as missing_partners,
        coalesce(s.is_complete and (s.reached_pct < 95 or len(m.partners) > 0), false) as is_incomplete,
        list_concat(l.evidence, coalesce(w.evidence, [])) as evidence
    from sums as s
    join lines as l on l.country = s.country and l.year = s.year  -- one: its group
    left join world as w on w.country = s.country and w.year = s.year  -- at most one: its group
    left join missing as m on m.country = s.country and m.year = s.year  -- at most one: its group
)
select
    country,
    year,
    is_complete,
    is_mirror,
    partners_usd,
    total_trade_usd,
    total_basis,
    world_source,
    reached_pct,
    missing_partners,
    is_incomplete,
    if(is_incomplete, concat_ws('; ',
        if(reached_pct < 95, printf('the partners listed add up to %.0f %% of the trade with the world', reached_pct), null),
        if(len(missing_partners) > 0, array_to_string(missing_partners, ', ') || ' is missing', null)
    ), null) as incomplete_because,
    evidence
from tables
