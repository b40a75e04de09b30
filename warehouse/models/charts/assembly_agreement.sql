-- grain: a session of the General Assembly, a subject and a rule of agreement
-- key: dyad, session, rule, subject
-- chapter: beyond the article
-- title: Agreement in the UN General Assembly
-- row_text: {session}, {subject}, {rule}: {agreement_pct} % of {votes}
-- unit: per cent of recorded votes
-- counting_rule: identical counts equal votes (yes, no or abstain); abstention as half gives half an agreement for an abstention beside a
--   yes or a no; contested leaves out votes on which all states voted alike; important counts only votes that the US Department of State
--   listed; whole resolutions counts the contested votes that the source marks neither as on a paragraph nor as on an amendment; published
--   is the rate on whole resolutions that the authors of the list publish, if it is not the counted one
-- how_to_read: read each rate with its number of votes, which a published rate lacks; a vote on which one of the two was absent does not
--   count; a vote can have several subjects, and the subject all covers every vote of the session; the sessions opened in 1985 to 1996,
--   2013 to 2015, 2018 and 2019, and all after the bundled list, have no votes on paragraphs or amendments: compare them with other
--   sessions only under the rule whole resolutions; 31 votes of the sessions opened in 1997 to 2017, which have neither a mark nor a title,
--   count as whole, as the authors of the bundled list count them
-- not_shown: resolutions adopted without a vote, which are most; for the rule important, sessions without a list of important votes
-- note: the lists give a successor state another code than its predecessor, so that each has only the votes of its own time
with
lines as (
    select session, list(evidence_id order by evidence_id) as evidence from core.assembly_session_lines group by session
),
coverage as (
    select max(s.coverage_last) as known_to
    from catalog.source as s
    where s.source in (select f.source from raw.whole_file as f where f.kind = 'assembly_vote')
),
pairs as (
    select
        d.dyad, v.session, v.subjects, v.vote_date, v.is_important, v.is_contested,
        v.is_contested and not coalesce(v.on_paragraph or v.on_amendment, false) as is_whole,
        -- codes have three letters and are separated by `;`, so that contains() matches whole codes only
        case when contains(v.yes_states, d.iso3_a) then 1 when contains(v.no_states, d.iso3_a) then -1
            when contains(v.abstained_states, d.iso3_a) then 0 end as vote_a,
        case when contains(v.yes_states, d.iso3_b) then 1 when contains(v.no_states, d.iso3_b) then -1
            when contains(v.abstained_states, d.iso3_b) then 0 end as vote_b
    from core.dyad as d
    cross join core.assembly_vote as v
),
by_subject as (
    select *, unnest(list_append(subjects, 'all')) as subject
    from pairs
    where vote_a is not null and vote_b is not null
),
by_rule as (
    select
        *,
        unnest(list_concat(
            ['identical', 'abstention as half'], if(is_contested, ['contested'], []), if(is_important, ['important'], []),
            if(is_whole, ['whole resolutions'], [])
        )) as rule
    from by_subject
),
counted as (
    select
        r.dyad,
        r.session,
        1945 + r.session as year,
        r.rule,
        r.subject,
        count(r.vote_a) as votes,
        100 * avg(if(r.rule = 'abstention as half', 1 - abs(r.vote_a - r.vote_b) / 2, (r.vote_a = r.vote_b)::int)) as agreement_pct,
        max(r.vote_date) as last_vote_on,
        -- a session ends in September, when the next one opens
        any_value(least(c.known_to, getvariable('as_of'))) < make_date(1946 + r.session, 9, 1) as is_partial,
        any_value(l.evidence) as evidence
    from by_rule as r
    cross join coverage as c
    join lines as l on l.session = r.session  -- one: its group
    group by r.dyad, r.session, r.rule, r.subject
)
from counted
union all
select
    d.dyad, a.session, a.year, 'published', 'all', null, a.identical_pct, a.known_on,
    least(a.known_on, getvariable('as_of')) < make_date(a.year + 1, 9, 1), [a.evidence_id]
from core.dyad as d
join core.assembly_agreement as a on a.iso3_a = d.iso3_a and a.iso3_b = d.iso3_b
anti join counted as c
    on c.dyad = d.dyad and c.session = a.session and c.rule = 'whole resolutions' and c.subject = 'all'
    and abs(c.agreement_pct - a.identical_pct) < 0.001
