-- view: A country's partners in a year with names, and their ranks among its partners by trade, by its exports and by its imports
-- country: The country whose partners are ranked, ISO alpha-3
-- country_name: English short name of the country
-- year: Calendar year
-- partner_iso3: The partner, ISO alpha-3, or the code of an aggregate (WLD, EUU, ASN)
-- partner_name: English name of the partner
-- is_aggregate: True for the world and for groups of states, which must not be added to their parts
-- trade_usd: Both directions, current US dollars [USD]
-- exports_usd: What the country sells the partner, current US dollars; empty if only a total is published [USD]
-- imports_usd: What the country buys from the partner, current US dollars; empty if only a total is published [USD]
-- trade_rank: Rank by trade in both directions (rule A: every economy counts as one partner); empty for an aggregate [rank]
-- export_rank: Rank among those that the country sells to; empty for an aggregate or without exports [rank]
-- import_rank: Rank among those that the country buys from; empty for an aggregate or without imports [rank]
-- is_mirror: True if the partners' reports stand in for the country's own
-- evidence: Ids in core.evidence of every figure the row was computed from
with
sides as (
    select
        p.country,
        p.year,
        p.partner_iso3,
        sum(f.value_usd) filter (where (f.reporter = p.country and f.flow = 'export') or (f.reporter <> p.country and f.flow = 'import')) as exports_usd,
        sum(f.value_usd) filter (where (f.reporter = p.country and f.flow = 'import') or (f.reporter <> p.country and f.flow = 'export')) as imports_usd
    from core.partner_trade as p
    cross join unnest(p.evidence) as u (evidence_id)
    join core.trade_flow as f on f.evidence_id = u.evidence_id  -- one: its key
    group by p.country, p.year, p.partner_iso3
)
select
    p.country,
    o.name as country_name,
    p.year,
    p.partner_iso3,
    coalesce(c.name, g.name) as partner_name,
    p.is_aggregate,
    p.trade_usd,
    s.exports_usd,
    s.imports_usd,
    case when not p.is_aggregate then rank() over (partition by p.country, p.year, p.is_aggregate order by p.trade_usd desc) end as trade_rank,
    case when not p.is_aggregate and s.exports_usd is not null
        then rank() over (partition by p.country, p.year, p.is_aggregate order by s.exports_usd desc nulls last) end as export_rank,
    case when not p.is_aggregate and s.imports_usd is not null
        then rank() over (partition by p.country, p.year, p.is_aggregate order by s.imports_usd desc nulls last) end as import_rank,
    p.is_mirror,
    p.evidence
from core.partner_trade as p
join sides as s using (country, year, partner_iso3)  -- one: grouped by it
join raw.country as o on o.iso3 = p.country  -- one: its key
left join raw.country as c on c.iso3 = p.partner_iso3  -- at most one: its key
left join raw.economy_group as g on g.code = p.partner_iso3  -- at most one: its key
