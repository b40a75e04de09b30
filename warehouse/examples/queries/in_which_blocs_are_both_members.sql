-- In which blocs are both states members, since when, and which other countries are members, partners or observers?
with
latest as (
    select *
    from charts.bloc_membership
    where dyad = 'CHN-RUS' and both_sides_are_members
    qualify as_of = max(as_of) over (partition by bloc)
)
select
    bloc,
    as_of,
    max(since) filter (where iso3 in ('CHN', 'RUS')) as both_since,
    any_value(member_count) as member_count,
    list(iso3 order by iso3) filter (where status = 'member') as members,
    list(iso3 order by iso3) filter (where status <> 'member') as others,
    list(iso3 order by iso3) filter (where is_disputed) as disputed
from latest
group by bloc, as_of
order by bloc;
