-- audit: if all members of the Council have a recorded vote on a draft, the votes equal the tally
-- table: core.council_vote
with
counted as (
    select
        draft_symbol,
        min_by(evidence_id, line) as evidence_id,
        count(*) filter (where vote = 'yes') as yes_count,
        count(*) filter (where vote = 'no') as no_count,
        count(*) filter (where vote = 'abstain') as abstain_count
    from raw.roll_call
    group by draft_symbol
)
select
    r.file || ':' || r.line as at, c.draft_symbol, t.file || ':' || t.line as tally_at,
    c.yes_count, v.in_favour, c.no_count, v.against, c.abstain_count, v.abstained
from counted as c
join core.veto as v on v.draft_symbol = c.draft_symbol
join raw.figure_line as r on r.evidence_id = c.evidence_id
join raw.figure_line as t on t.evidence_id = v.evidence_id
where v.has_roll_call
    and (c.yes_count <> v.in_favour or c.no_count <> v.against or c.abstain_count <> v.abstained)
