-- dyad: CHN-RUS
-- claim: BRICS had nine members in 2024, having added four that year.
-- rule: Members on the day, disputed ones aside, are nine, of whom four since 2024. Where a disputed member stands beside them,
--   nine with or without it holds under that named rule. A day after the list was last verified is told as such.
-- claimed: 9
-- searched: membership
with
members as (
    select b.iso3, b.country_name, b.since, b.is_disputed, if(s.coverage_last < b.as_of, s.coverage_last, null) as verified, b.evidence
    from charts.bloc_membership as b
    join core.membership as m on m.bloc = b.bloc and m.iso3 = b.iso3 and m.status = b.status and m.since = b.since  -- one: its key
    join catalog.source as s on s.source = m.source  -- one: its key
    where b.dyad = 'CHN-RUS' and b.bloc = 'BRICS' and b.as_of = getvariable('as_of') and b.status = 'member'
),
counted as (
    select
        count(*) as listed,
        count(*) filter (where not is_disputed) as members,
        count(*) filter (where not is_disputed and year(since) = 2024) as added,
        string_agg(country_name, ', ' order by country_name) filter (where not is_disputed and year(since) = 2024) as added_names,
        string_agg(country_name, ', ' order by country_name) filter (where is_disputed) as disputed_names,
        max(verified) as verified,
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from members
)
select
    if(listed = 0, null,
        printf('%d members, %d since 2024', members, added) || coalesce(' (' || added_names || ')', '')
        || coalesce('; disputed and not counted: ' || disputed_names, '')
        || coalesce('; last verified ' || verified, '')
    ) as value_found,
    case
        when listed = 0 then 'not documented'
        when members = 9 and added = 4 and listed = 9 then 'holds'
        when (members = 9 or listed = 9) and added = 4 then 'holds under a named rule'
        when members = 9 then 'holds in part'
        else 'fails'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
