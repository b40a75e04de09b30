-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: The group has since grown to nine members, adding Egypt, Ethiopia, Iran, and the United Arab Emirates in 2024
-- claim: BRICS had nine members in 2024, having added four that year.
-- rule: On the article's day BRICS has nine members, four of them since 2024; a later day does not change the verdict. Disputed members are
--   not counted; if a member was disputed on the article's day, the claim holds under that named rule. The number of members on the day of
--   the verdict and the day on which the list was last verified are reported too.
-- claimed: 9
-- searched: membership
with
spells as (
    select m.iso3, c.name, m.status, m.since, m.until, m.is_disputed, s.coverage_last, m.evidence_id
    from core.membership as m
    join raw.country as c on c.iso3 = m.iso3  -- one: its key
    join catalog.source as s on s.source = m.source  -- one: its key
    where m.bloc = 'BRICS' and (m.status = 'member' or (m.invited_as = 'member' and m.is_disputed))
),
standing as (
    select
        *,
        status = 'member' and not is_disputed as is_member,
        since <= getvariable('said_on') and coalesce(until > getvariable('said_on'), true) as is_then
    from spells
),
counted as (
    select
        count(*) filter (where is_then and is_member) as members,
        count(*) filter (where is_then and is_member and year(since) = 2024) as added,
        string_agg(name, ', ' order by name) filter (where is_then and is_member and year(since) = 2024) as added_names,
        string_agg(name, ', ' order by name) filter (where is_then and not is_member) as disputed_names,
        count(*) filter (where is_member and until is null) as members_today,
        any_value(coverage_last) as verified,
        list_sort(list_distinct(list(evidence_id) filter (where is_then or until is null))) as evidence
    from standing
)
select
    if(members = 0, null,
        printf('%d members, %d since 2024', members, added) || coalesce(' (' || added_names || ')', '')
        || coalesce('; disputed and not counted: ' || disputed_names, '')
        || if(getvariable('as_of') > getvariable('said_on'), printf('; %d on %s', members_today, getvariable('as_of')::varchar), '')
        || if(verified < getvariable('as_of'), ', last verified ' || verified, '')
    ) as value_found,
    case
        when members = 0 then 'not decidable'
        when members = 9 and added = 4 and disputed_names is null then 'holds'
        when members = 9 and added = 4 then 'holds under a named rule'
        when members = 9 then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
