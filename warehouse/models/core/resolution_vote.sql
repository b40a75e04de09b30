-- grain: a member's vote on an adopted resolution of the Security Council, from the newest document
-- key: resolution, member_iso3
select
    r.resolution,
    r.vote_date::date as vote_date,
    r.member_iso3,
    r.vote,
    r.source,
    r.vote_date::date as known_on,
    r.evidence_id
from raw.resolution_vote as r
join raw.documents as d on d.source = r.source and d.document = r.document  -- one: its key
where r.vote_date::date <= getvariable('as_of')
qualify row_number() over (partition by r.resolution, r.member_iso3 order by d.published_on desc, r.evidence_id) = 1
