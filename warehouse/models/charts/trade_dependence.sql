-- grain: a year, a country, its partner, a counting rule and whose reports the figure is computed from
-- key: dyad, year, country, rule, is_mirror
-- chapter: trade
-- title: Weight of each state in the other's trade
-- row_text: {partner} in the trade of {country}, {year}: {share_pct}, rank {rank} under rule {rule}
-- unit: % of the country's trade with the world; rank among its partners
-- counting_rule: rules A to E name who counts as a partner: A every economy, B UN members, C with the EU and ASEAN as one partner each, D
--   as C without Hong Kong, Macao and Taiwan, E as A with the EU as one partner
-- how_to_read: quote a rank with its rule; is_mirror marks rows computed from the partners' own reports, is_two_bases marks those of them
--   whose total is the country's own report; is_headline is the share that the chart draws; is_incomplete marks ranks from a table that
--   lacks a large partner
-- not_shown: dependence on single goods; years for which no table of partners was found; the figures first published
--   for a year whose partner table was revised since (the dataset of bilateral trade has those between the two states)
-- note: a share is of the state's own series that has both its trade with the partner and its trade with the world, the first of these
--   in raw.trade_basis, or of the partner table if there is none; a rank is of the partner table; if only the largest partners are published, a rule that joins a bloc needs the bloc's own published row; a partner that a rule
--   counts as part of a bloc has no row under that rule; years without a curated partner table are filled from a whole-world source, if one
--   is landed
with
counted as (
    select
        t.country, t.year, t.is_complete, r.rule, t.trade_usd, t.is_mirror,
        coalesce(m.bloc, t.partner_iso3) as partner
    from core.partner_trade as t
    cross join raw.counting_rule as r
    left join raw.bloc_member as m  -- at most one: a state is in one of these blocs on a day
        on m.iso3 = t.partner_iso3
        and contains(r.blocs_as_one, m.bloc)
        and m.member_from::date <= make_date(t.year, 12, 31)
        and coalesce(m.member_to::date, date '9999-12-31') >= make_date(t.year, 12, 31)
    left join raw.country as c on c.iso3 = t.partner_iso3  -- at most one: its key
    where t.partner_iso3 <> t.country
        and t.partner_iso3 <> 'WLD'
        and not contains(coalesce(r.left_out, ''), t.partner_iso3)
        and (
            not r.un_members_only
            or (
                c.un_member_from::date <= make_date(t.year, 12, 31)
                and coalesce(c.un_member_to::date, date '9999-12-31') >= make_date(t.year, 12, 31)
            )
        )
        -- published aggregates: only under rules that join them, and never beside their members in a complete table
        and (
            not t.is_aggregate
            or (not t.is_complete and contains(r.blocs_as_one, t.partner_iso3))
        )
        and (t.is_complete or m.bloc is null)
),
-- a bloc that a rule counts as one partner and that a table of the largest partners does not list
unlisted as (
    select t.country, t.year, r.rule
    from (select distinct country, year from core.partner_trade where not is_complete) as t
    cross join raw.counting_rule as r
    join raw.economy_group as g on contains(r.blocs_as_one, g.code)
    anti join core.partner_trade as p on p.country = t.country and p.year = t.year and p.partner_iso3 = g.code
),
ranked as (
    select
        c.country, c.year, c.rule, c.partner,
        sum(c.trade_usd) as trade_usd,
        bool_or(c.is_mirror) as is_mirror,
        rank() over (partition by c.country, c.year, c.rule order by sum(c.trade_usd) desc) as rank,
        count(*) over (partition by c.country, c.year, c.rule) as partner_count
    from counted as c
    anti join unlisted as u on u.country = c.country and u.year = c.year and u.rule = c.rule
    group by c.country, c.year, c.rule, c.partner
),
totals as (
    select
        source, basis, precedence, reporter as country, year(period_start) as year, partner_iso3 as partner,
        coalesce(any_value(value_usd) filter (where flow = 'total'), sum(value_usd)) as trade_usd,
        list(evidence_id order by evidence_id) as evidence
    from core.trade_flow
    where is_current and frequency = 'annual' and not is_partial and compiled_from = 'own'
    group by source, basis, precedence, reporter, year(period_start), partner_iso3
    having bool_or(flow = 'total') or count(*) = 2
),
own as (
    select
        t.country, t.year, t.partner, t.basis, t.trade_usd, w.trade_usd as total_trade_usd, list_concat(t.evidence, w.evidence) as evidence
    from totals as t
    join totals as w on w.source = t.source and w.country = t.country and w.year = t.year and w.partner = 'WLD'  -- one: its group
    where t.partner <> 'WLD'
    qualify row_number() over (partition by t.country, t.year, t.partner order by t.precedence nulls last, t.source) = 1
),
bases as (
    select p.country, p.year, p.partner_iso3, string_agg(distinct f.basis, '; ' order by f.basis) as trade_basis
    from (select country, year, partner_iso3, unnest(evidence) as evidence_id from core.partner_trade) as p
    join core.trade_flow as f on f.evidence_id = p.evidence_id  -- one: its key
    group by p.country, p.year, p.partner_iso3
)
select
    d.dyad,
    r.year,
    r.country,
    r.partner,
    r.rule,
    coalesce(o.trade_usd, r.trade_usd) as trade_usd,
    coalesce(o.total_trade_usd, t.total_trade_usd) as total_trade_usd,
    100 * coalesce(o.trade_usd, r.trade_usd) / coalesce(o.total_trade_usd, t.total_trade_usd) as share_pct,
    coalesce(o.basis, b.trade_basis || if(r.is_mirror, ' (partners'' reports)', '')) as trade_basis,
    coalesce(o.basis, t.total_basis) as total_basis,
    r.is_mirror and t.total_trade_usd is not null as is_two_bases,
    not r.is_mirror or (r.country, r.year, r.partner) not in (select (country, year, partner) from own) as is_headline,
    r.rank,
    r.partner_count,
    r.is_mirror,
    t.is_incomplete,
    t.incomplete_because,
    list_distinct(list_concat(p.evidence, t.evidence, coalesce(o.evidence, []))) as evidence
from core.dyad as d
join ranked as r on (r.country = d.iso3_a and r.partner = d.iso3_b) or (r.country = d.iso3_b and r.partner = d.iso3_a)
join core.partner_trade as p on p.country = r.country and p.year = r.year and p.partner_iso3 = r.partner  -- one: its key, a dyad's state is no bloc
join bases as b on b.country = r.country and b.year = r.year and b.partner_iso3 = r.partner  -- one: its group
join core.partner_table as t on t.country = r.country and t.year = r.year  -- one: its key
left join own as o on not r.is_mirror and o.country = r.country and o.year = r.year and o.partner = r.partner  -- at most one: its qualify
union all
select
    d.dyad, o.year, o.country, o.partner, 'A', o.trade_usd, o.total_trade_usd, 100 * o.trade_usd / o.total_trade_usd, o.basis, o.basis,
    false, true, null, null, false, false, null, o.evidence
from core.dyad as d
join own as o on (o.country = d.iso3_a and o.partner = d.iso3_b) or (o.country = d.iso3_b and o.partner = d.iso3_a)
semi join (select * from core.partner_table where is_mirror) as t on t.country = o.country and t.year = o.year
union all
select
    d.dyad, p.year, p.country, p.partner, p.rule, p.trade_usd, p.total_trade_usd, 100 * p.trade_usd / p.total_trade_usd, s.title, s.title,
    false, true, p.rank, p.partner_count, false, false, null, [p.evidence_id]
from core.dyad as d
join raw.partner_rank as p on (p.country = d.iso3_a and p.partner = d.iso3_b) or (p.country = d.iso3_b and p.partner = d.iso3_a)
join raw.documents as k on k.source = p.source and k.document = p.document  -- one: its key
join catalog.source as s on s.source = p.source  -- one: its key
where k.published_on::date <= getvariable('as_of')
    and not exists (select 1 from core.partner_table as t where t.country = p.country and t.year = p.year)
