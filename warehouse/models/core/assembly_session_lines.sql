-- grain: a run of consecutive lines of a snapshot file that list roll calls of one session
-- key: evidence_id
-- note: snapshot files are sorted by session; a roll call that a later document corrects breaks its session into two runs
with
numbered as (
    select v.session, v.source, r.file, r.line, r.document, r.line - row_number() over (partition by v.session, r.file order by r.line) as run
    from core.assembly_vote as v
    join raw.assembly_vote as r on r.evidence_id = v.evidence_id  -- one: its key
)
select
    n.session,
    n.source,
    n.file,
    min(n.line) as first_line,
    max(n.line) as last_line,
    n.document,
    n.source || '/assembly_vote@' || left(s.sha256, 8) || ':' || min(n.line) || if(count(*) > 1, '-' || max(n.line), '') as evidence_id
from numbered as n
join raw.snapshot_file as s on s.file = n.file  -- one: its key
group by n.session, n.source, n.file, n.document, n.run, s.sha256
