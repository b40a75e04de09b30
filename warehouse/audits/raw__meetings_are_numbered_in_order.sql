-- audit: a later meeting of the Council has a higher number, and a draft's symbol since 1994 contains the year of the vote
-- table: raw.veto
with
numbered as (
    select
        *,
        max(meeting) over (order by vote_date range between unbounded preceding and interval 1 day preceding) as meeting_before
    from (
        select evidence_id, draft_symbol, vote_date, try_cast(regexp_extract(meeting_record, '^S/PV\.(\d+)', 1) as bigint) as meeting
        from raw.veto
        union all
        select evidence_id, draft_symbol, vote_date, try_cast(regexp_extract(meeting_record, '^S/PV\.(\d+)', 1) as bigint)
        from raw.failed_draft
    )
)
select f.file || ':' || f.line as at, n.draft_symbol, n.vote_date, n.meeting, n.meeting_before
from numbered as n
join raw.figure_line as f on f.evidence_id = n.evidence_id
where (n.vote_date is not null and n.meeting < n.meeting_before)
    or (n.vote_date >= date '1994-01-01' and regexp_extract(n.draft_symbol, '^S/(\d{4})/', 1) not in ('', year(n.vote_date)::varchar))
