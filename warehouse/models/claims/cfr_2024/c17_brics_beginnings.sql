-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: BRICS was founded in 2009 ... and joined the following year by South Africa
-- claim: BRICS began in 2009 with Brazil, Russia, India and China; South Africa joined a year later.
-- rule: Members since 2009-06-16, the first leaders' summit, are exactly those four, and South Africa is a member since 2010 (its
--   acceptance was announced on 2010-12-23). Other dates are given too: the foreign ministers' first meeting in 2006, South Africa's first
--   summit in 2011. If the date of a spell is marked as disputed, the claim holds under the named dates.
-- claimed: four in 2009, South Africa in 2010
-- searched: membership
with
members as (
    select iso3, since, is_disputed, evidence_id
    from core.membership
    where bloc = 'BRICS' and status = 'member' and since < date '2012-01-01'
),
counted as (
    select
        count(*) as members,
        list(iso3 order by iso3) filter (where year(since) = 2009) as founders,
        min(since) filter (where year(since) = 2009) as founded_on,
        min(since) as first_since,
        min(since) filter (where iso3 = 'ZAF') as joined_on,
        bool_or(is_disputed) as is_disputed,
        list_sort(list_distinct(list(evidence_id))) as evidence
    from members
)
select
    if(members = 0, null,
        array_to_string(coalesce(founders, []), ', ') || coalesce(' on ' || founded_on, '') || '; ' || coalesce('ZAF on ' || joined_on, 'no ZAF')
        || if(is_disputed, ' (a date is disputed)', '')
    ) as value_found,
    case
        when members = 0 then 'not decidable'
        when founders = ['BRA', 'CHN', 'IND', 'RUS'] and year(first_since) = 2009 and year(joined_on) = 2010
            then if(is_disputed, 'holds under a named rule', 'holds')
        when founders = ['BRA', 'CHN', 'IND', 'RUS'] or year(joined_on) = 2010 then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
