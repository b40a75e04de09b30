-- view: Blocs of which two states are undisputed members on 31 December, or on the release's day, one row per pair and year
-- iso3_a: First state of the pair, alphabetically
-- iso3_b: Second state of the pair
-- name_a: Name of the first state
-- name_b: Name of the second state
-- year: Calendar year
-- shared_blocs: Blocs of charts.bloc_membership; the bank and the fund that BRICS founded do not count
-- evidence: Ids in core.evidence of the memberships
with
members as (
    select distinct iso3, country_name, bloc, year(as_of) as year, evidence
    from charts.bloc_membership
    where status = 'member' and not is_disputed and as_of in (select max(as_of) from charts.bloc_membership group by year(as_of))
)
select
    a.iso3 as iso3_a,
    b.iso3 as iso3_b,
    a.country_name as name_a,
    b.country_name as name_b,
    a.year,
    list(a.bloc order by a.bloc) as shared_blocs,
    list_sort(list_distinct(flatten(list(list_concat(a.evidence, b.evidence))))) as evidence
from members as a
join members as b on b.bloc = a.bloc and b.year = a.year and b.iso3 > a.iso3
group by a.iso3, b.iso3, a.country_name, b.country_name, a.year
