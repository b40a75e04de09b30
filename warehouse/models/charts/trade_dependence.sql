-- grain: a year, a country, its partner and a counting rule
-- key: dyad, year, country, rule
-- title: Weight of each state in the other's trade
-- unit: % of the country's trade with the world; rank among its partners
-- counting_rule: rules A to E name who counts as a partner: A every economy, B UN members, C with the EU and ASEAN as one partner each, D as C without Hong Kong, Macao and Taiwan, E as A with the EU as one partner
-- how_to_read: a rank means nothing without its rule; is_mirror marks years that rest on the partners' own reports
-- not_shown: dependence on single goods; years for which no table of partners was found; where a year's table is backed out of a later one, as its evidence says, the figure first published stands in the dataset of bilateral trade
-- note: where only the largest partners are published, a rule that joins a bloc needs the bloc's own published row;
--   a partner that a rule counts inside a bloc has no row under that rule; years without a curated partner table are
--   filled from a whole-world source, where one is landed
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
        and coalesce(m.member_to::date, date '9999-12-31') > make_date(t.year, 12, 31)
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
            t.partner_iso3 not in (select code from raw.economy_group)
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
world as (
    -- the country's trade with the world, from the source the table names
    select l.country, l.year, sum(w.value_usd) as total_trade_usd, list(w.evidence_id order by w.evidence_id) as evidence
    from (select distinct country, year, world_source from core.partner_table_lines) as l
    join core.trade_flow as w
        on w.source = l.world_source and w.reporter = l.country and w.partner_iso3 = 'WLD' and w.is_current
        and w.frequency = 'annual' and not w.is_partial and year(w.period_start) = l.year
    group by l.country, l.year
    having count(distinct w.flow) = 2 or any_value(w.flow) = 'total'
),
tables as (
    select country, year, list(evidence_id order by evidence_id) as evidence
    from core.partner_table_lines
    group by country, year
)
select
    d.dyad,
    r.year,
    r.country,
    r.partner,
    r.rule,
    r.trade_usd,
    w.total_trade_usd,
    100 * r.trade_usd / w.total_trade_usd as share_pct,
    r.rank,
    r.partner_count,
    r.is_mirror,
    list_distinct(list_concat(p.evidence, coalesce(w.evidence, []), t.evidence)) as evidence
from core.dyad as d
join ranked as r on (r.country = d.iso3_a and r.partner = d.iso3_b) or (r.country = d.iso3_b and r.partner = d.iso3_a)
join core.partner_trade as p on p.country = r.country and p.year = r.year and p.partner_iso3 = r.partner  -- one: its key, a dyad's state is no bloc
left join world as w on w.country = r.country and w.year = r.year  -- at most one: its group
join tables as t on t.country = r.country and t.year = r.year  -- one: its group
union all
select
    d.dyad,
    p.year,
    p.country,
    p.partner,
    p.rule,
    p.trade_usd,
    p.total_trade_usd,
    100 * p.trade_usd / p.total_trade_usd,
    p.rank,
    p.partner_count,
    false,
    [p.evidence_id]
from core.dyad as d
join raw.partner_rank as p on (p.country = d.iso3_a and p.partner = d.iso3_b) or (p.country = d.iso3_b and p.partner = d.iso3_a)
join raw.documents as k on k.source = p.source and k.document = p.document  -- one: its key
where k.published_on::date <= getvariable('as_of')
    and not exists (select 1 from tables as t where t.country = p.country and t.year = p.year)
