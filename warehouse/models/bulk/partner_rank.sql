-- grain: a year, a country, its partner and a counting rule
-- key: year, country, rule, partner
-- note: if a rule counts a bloc as one partner, the bloc has one row instead of its members; a country is not its own partner, so that
--   a member's trade with its own bloc is its trade with the other members
with
sides as (
    select year, exporter as country, importer as partner, value_usd from bulk.dyad_year
    union all
    select year, importer as country, exporter as partner, value_usd from bulk.dyad_year
),
pairs as (
    select year, country, partner, cast(sum(value_usd) as decimal(18, 2)) as trade_usd
    from sides
    group by year, country, partner
),
-- the partners under each rule: a small table, so that the many pairs are joined only once
partners as (
    select p.year, p.partner, r.rule, coalesce(m.bloc, p.partner) as counted_as
    from (select distinct year, partner from pairs) as p
    cross join bulk.counting_rule as r
    left join bulk.bloc_member as m  -- at most one: a state is in one of these blocs on a day
        on m.iso3 = p.partner
        and contains(r.blocs_as_one, m.bloc)
        and m.member_from <= make_date(p.year, 12, 31)
        and m.member_to >= make_date(p.year, 12, 31)
    left join bulk.country as c on c.iso3 = p.partner  -- at most one: its key
    where not contains(r.left_out, p.partner)
        and (
            not r.un_members_only
            or (c.un_member_from <= make_date(p.year, 12, 31) and c.un_member_to >= make_date(p.year, 12, 31))
        )
),
counted as (
    select p.year, p.country, s.rule, s.counted_as as partner, cast(sum(p.trade_usd) as decimal(18, 2)) as trade_usd
    from pairs as p
    join partners as s on s.year = p.year and s.partner = p.partner
    group by p.year, p.country, s.rule, s.counted_as
)
select
    year,
    country,
    rule,
    partner,
    trade_usd,
    cast(rank() over (partition by year, country, rule order by trade_usd desc) as bigint) as partner_rank,
    count(*) over (partition by year, country, rule) as partner_count
from counted
