-- audit: the Council's members of a calendar year are the same in all its roll calls
-- table: raw.roll_call
-- note: seats change on 1 January; China's changed on 25 October 1971. A roll call lacks members that took no part in the vote, but has none
--   that others lack
with
members as (
    select
        r.draft_symbol, r.member_iso3, year(v.vote_date) as year, r.evidence_id, v.vote_date >= date '1971-10-25' as is_after,
        coalesce(v.not_voting, 0) = 0 as all_voted
    from raw.roll_call as r
    join raw.veto as v on v.draft_symbol = r.draft_symbol
    where r.basis <> 'member_only'
),
roll_calls as (
    select year, is_after, count(distinct draft_symbol) as roll_call_count from members where all_voted group by year, is_after
)
select
    any_value(f.file || ':' || f.line) as at, m.member_iso3, m.year, count(*) filter (where m.all_voted) as recorded,
    any_value(r.roll_call_count) as roll_call_count
from members as m
join roll_calls as r on r.year = m.year and r.is_after = m.is_after
join raw.figure_line as f on f.evidence_id = m.evidence_id
group by m.member_iso3, m.year, m.is_after
having recorded < roll_call_count
