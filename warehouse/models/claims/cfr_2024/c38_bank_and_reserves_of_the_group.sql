-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: through its New Development Bank and Contingent Reserve Arrangement
-- claim: The New Development Bank and the Contingent Reserve Arrangement include every member of BRICS.
-- rule: On the article's day every member of BRICS is in both; a later day does not change the verdict. If a member's admission is
--   documented but not its first day, the member counts from its admission. If some members are missing, it holds in part.
-- claimed: the group's
-- searched: membership
with
spells as (
    select
        bloc, iso3, coalesce(start_date, decision_date)::date as since, end_date::date as until,
        is_disputed and bloc = 'BRICS' as is_disputed, evidence_id
    from raw.membership
    where bloc in ('BRICS', 'NDB', 'CRA') and status = 'member'
),
standing as (
    select bloc, iso3, evidence_id
    from spells
    where since <= getvariable('said_on') and coalesce(until > getvariable('said_on'), true) and not is_disputed
),
members as (
    select
        b.iso3,
        c.name,
        b.iso3 in (select iso3 from standing where bloc = 'NDB') as is_in_bank,
        b.iso3 in (select iso3 from standing where bloc = 'CRA') as is_in_reserves
    from standing as b
    join raw.country as c on c.iso3 = b.iso3  -- one: its key
    where b.bloc = 'BRICS'
),
counted as (
    select
        count(*) as members,
        count(*) filter (where is_in_bank) as in_bank,
        count(*) filter (where is_in_reserves) as in_reserves,
        string_agg(name, ', ' order by name) filter (where not is_in_bank) as outside_bank,
        (select list(s.evidence_id order by s.evidence_id) from standing as s) as evidence
    from members
)
select
    if(members = 0, null, printf('of %d members %d are in the bank and %d in the reserve arrangement', members, in_bank, in_reserves)
    || coalesce('; not in the bank: ' || outside_bank, '')) as value_found,
    case
        when members = 0 then 'not decidable'
        when in_bank = members and in_reserves = members then 'holds'
        when in_bank + in_reserves > 0 then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
