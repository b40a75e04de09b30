-- grain: a session of the General Assembly and a pair of states, from the newest document known on the release's day
-- key: session, iso3_a, iso3_b
select
    a.session,
    a.year,
    a.iso3_a,
    a.iso3_b,
    100 * a.identical_share as identical_pct,
    a.source,
    d.published_on::date as known_on,
    a.evidence_id
from raw.assembly_agreement as a
join raw.documents as d on d.source = a.source and d.document = a.document  -- one: its key
where d.published_on::date <= getvariable('as_of')
qualify row_number() over (partition by a.session, a.iso3_a, a.iso3_b order by d.published_on desc, a.evidence_id) = 1
