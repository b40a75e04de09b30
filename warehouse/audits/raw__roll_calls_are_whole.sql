-- audit: a roll call has one vote for each member of the Council that voted or, if its basis is member_only, votes of permanent members
--   only; it cites one document, which is not the veto list
-- table: raw.roll_call
-- note: the veto list gives only the vetoing members, so it can be evidence of a veto but not of a roll call
with
counted as (
    select
        r.draft_symbol, catalog.council_seats(v.vote_date) - coalesce(v.not_voting, 0) as voters,
        min(r.evidence_id) as evidence_id, count(*) as member_count,
        bool_or(r.basis = 'member_only') as is_single,
        count(distinct s.seat) as permanent_count, count(distinct r.document) = 1 and not bool_or(d.title like '%: Veto List%') as is_shown
    from raw.roll_call as r
    join raw.veto as v on v.draft_symbol = r.draft_symbol
    join raw.documents as d on d.source = r.source and d.document = r.document  -- one: its key
    left join raw.unsc_seat as s
        on s.iso3 = r.member_iso3 and s.valid_from <= v.vote_date and coalesce(s.valid_to, date '9999-12-31') >= v.vote_date
    group by r.draft_symbol, v.vote_date, v.not_voting
)
select f.file || ':' || f.line as at, c.draft_symbol, c.member_count, c.permanent_count
from counted as c
join raw.figure_line as f on f.evidence_id = c.evidence_id
where not c.is_shown
    or (c.is_single and c.member_count > c.permanent_count)
    or (not c.is_single and (c.permanent_count <> 5 or c.member_count <> c.voters))
