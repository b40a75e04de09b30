-- grain: a roll call of the General Assembly up to the release's day, from the newest document
-- key: source, roll_call
-- note: a row for each state would make the table 140 times as long; if only the month of a vote is documented, it counts from the
--   month's last day
with
subjects as (
    select v.evidence_id, list(distinct s.subject order by s.subject) as subjects
    from raw.assembly_vote as v
    join raw.assembly_subject as s on contains(lower(v.title), s.word)
    group by v.evidence_id
)
select
    v.roll_call,
    v.session,
    v.vote_date::date as vote_date,
    v.date_precision,
    v.resolution,
    v.title,
    coalesce(s.subjects, []) as subjects,
    v.is_important,
    v.on_amendment,
    v.on_paragraph,
    (v.yes_members is not null)::int + (v.no_members is not null)::int + (v.abstained_members is not null)::int > 1 as is_contested,
    v.yes_members as yes_states,
    v.no_members as no_states,
    v.abstained_members as abstained_states,
    v.source,
    v.vote_date::date as known_on,
    v.evidence_id
from raw.assembly_vote as v
join raw.documents as d on d.source = v.source and d.document = v.document  -- one: its key
left join subjects as s on s.evidence_id = v.evidence_id  -- at most one: its group
where v.vote_date::date <= getvariable('as_of')
qualify row_number() over (partition by v.source, v.roll_call order by d.published_on desc, v.evidence_id) = 1
