-- grain: a year, a kind of vote and a rule of agreement
-- key: dyad, year, votes_on, rule
-- chapter: beyond the article
-- title: Agreement in the UN Security Council, where adopted resolutions are mostly unanimous
-- row_text: {year}, {votes_on}, {rule}: {agreement_pct} % of {votes}, {of_which_unanimous} unanimous
-- unit: per cent of recorded votes
-- counting_rule: identical counts equal votes (yes, no or abstain); abstention as half gives half an agreement for an abstention beside a
--   yes or a no; contested leaves out resolutions on which all members that voted did so alike
-- how_to_read: a vetoed draft or amendment counts, whoever vetoed it, if the votes of all members are documented; on other drafts often
--   only the vetoes are documented, and vetoes are always alike; on most adopted resolutions all members vote yes, so that the rates of
--   adopted and of all are biased upward
-- not_shown: drafts withdrawn or failed without a veto; vetoed drafts of which a member's vote is not documented; adopted resolutions in a
--   release whose sources lack their votes
with
votes as (
    select v.draft_symbol as vote_on, 'vetoed' as votes_on, v.vote_date, c.member_iso3, c.vote, c.evidence_id, e.source
    from core.council_vote as c
    join core.veto as v on v.draft_symbol = c.draft_symbol and v.has_roll_call  -- at most one: its key
    join core.evidence as e on e.evidence_id = c.evidence_id  -- one: its key
    union all
    select resolution, 'adopted', vote_date, member_iso3, vote, evidence_id, source from core.resolution_vote
),
unanimous as (
    -- a vetoed draft had votes in favour and a veto, so that it was never unanimous, even if the documented votes are alike
    select vote_on, votes_on, votes_on = 'adopted' and count(distinct vote) = 1 as is_unanimous from votes group by vote_on, votes_on
),
pairs as (
    select
        d.dyad, a.votes_on, a.vote_date, u.is_unanimous, s.coverage_last, [a.evidence_id, b.evidence_id] as evidence,
        case a.vote when 'yes' then 1 when 'no' then -1 else 0 end as vote_a,
        case b.vote when 'yes' then 1 when 'no' then -1 else 0 end as vote_b
    from core.dyad as d
    join votes as a on a.member_iso3 = d.iso3_a
    join votes as b on b.member_iso3 = d.iso3_b and b.vote_on = a.vote_on and b.votes_on = a.votes_on  -- one: a member votes once
    join unanimous as u on u.vote_on = a.vote_on and u.votes_on = a.votes_on  -- one: its group
    join catalog.source as s on s.source = a.source  -- one: its key
),
by_kind as (
    select * exclude (votes_on), unnest([votes_on, 'all']) as votes_on from pairs
),
by_rule as (
    select *, unnest(list_concat(['identical', 'abstention as half'], if(is_unanimous, [], ['contested']))) as rule from by_kind
)
select
    dyad,
    year(vote_date) as year,
    votes_on,
    rule,
    count(vote_a) as votes,
    100 * avg(if(rule = 'abstention as half', 1 - abs(vote_a - vote_b) / 2, (vote_a = vote_b)::int)) as agreement_pct,
    count(*) filter (where is_unanimous) as of_which_unanimous,
    max(vote_date) as last_vote_on,
    least(min(coverage_last), getvariable('as_of')) < make_date(year(vote_date), 12, 31) as is_partial,
    list_sort(list_distinct(flatten(list(evidence)))) as evidence
from by_rule
group by dyad, year(vote_date), votes_on, rule
