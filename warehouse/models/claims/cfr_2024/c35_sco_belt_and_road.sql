-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: SCO countries, which have supported China's Belt and Road Initiative
-- claim: The members of the SCO support the Belt and Road Initiative.
-- rule: Decided by the newest documented summit declaration of the SCO, for its members other than China on the day before. If
--   the declaration names all of them as supporters, the claim holds; if more than half, it holds in part.
-- claimed: the SCO's countries
-- searched: statement
with
declaration as (
    from core.statement
    where topic = 'Belt and Road'
    qualify row_number() over (order by said_on desc) = 1
),
members as (
    select c.name, contains(d.words, left(c.name, 6)) as is_named, d.said_on, d.evidence_id as declared, m.evidence_id
    from declaration as d
    join core.membership as m
        on m.bloc = 'SCO' and m.status = 'member' and m.iso3 <> 'CHN' and m.since < d.said_on and coalesce(m.until > d.said_on, true)
    join raw.country as c on c.iso3 = m.iso3  -- one: its key
),
counted as (
    select
        count(*) as members,
        count(*) filter (where is_named) as supporters,
        string_agg(name, ', ' order by name) filter (where not is_named) as others,
        any_value(said_on) as said_on,
        list_sort(list_distinct(list_concat(list(declared), list(evidence_id)))) as evidence
    from members
)
select
    if(members = 0, null, printf('%d of %d on %s', supporters, members, said_on::varchar) || coalesce(', not ' || others, '')) as value_found,
    case
        when members = 0 then 'not decidable'
        when supporters = members then 'holds'
        when 2 * supporters > members then 'holds in part'
        else 'does not hold'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
