-- dyad: CHN-RUS
-- section: Introduction
-- quote: partnership had "no limits" ... days before Russia's invasion of Ukraine
-- claim: In 2022 the presidents said that the partnership has no limits, days before the invasion of Ukraine.
-- rule: Decided by documents: a statement of both in 2022 contains the words, and the invasion was announced 1 to 31 days after it.
-- claimed: in 2022, days before
-- searched: statement
with
quotes as (
    select
        max(said_on) filter (where topic = 'no limits' and words ilike '%no limits%') as said_on,
        max(said_on) filter (where topic = 'invasion of Ukraine') as invaded_on,
        list(evidence_id order by evidence_id) as evidence
    from core.statement
    where topic in ('no limits', 'invasion of Ukraine')
)
select
    printf('said on %s, %d days before %s', said_on::varchar, invaded_on - said_on, invaded_on::varchar) as value_found,
    case
        when said_on is null or invaded_on is null then 'not decidable'
        when year(said_on) = 2022 and invaded_on - said_on between 1 and 31 then 'holds'
        when invaded_on > said_on then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from quotes
