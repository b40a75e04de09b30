-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: Beijing has not opposed a resolution without Moscow since 1999
-- claim: China has not opposed a resolution alone, without Russia, since 1999.
-- rule: China's newest vote against a draft that Russia did not vote against was in 1999 or before, among vetoes and drafts that failed
--   without a veto. If all votes against a failed draft are named and China is not among them, China did not oppose that draft. If not all
--   are named, China's vote is open: the value found counts such drafts, and with at least one the claim holds only in part.
-- claimed: 1999
-- searched: veto
with
votes as (
    select vote_date, draft_symbol, evidence, true as is_veto, veto_type = 'first only' as is_alone, false as is_open, false as is_amendment
    from charts.security_council_vetoes
    where dyad = 'CHN-RUS' and veto_type in ('first only', 'joint') and vote_date <= getvariable('as_of')
    union all
    select
        vote_date,
        draft_symbol,
        [evidence_id],
        false,
        coalesce(list_contains(no_members, 'CHN') and not list_contains(no_members, 'RUS'), false),
        not list_contains(list_concat(coalesce(yes_members, []), coalesce(abstained_members, []), coalesce(no_members, [])), 'CHN')
        and coalesce(against > len(coalesce(no_members, [])), true),
        kind = 'amendment'
    from core.failed_draft
),
counted as (
    select
        count(*) as votes,
        count(*) filter (where not is_veto) as failed,
        count(*) filter (where is_amendment) as amendments,
        count(*) filter (where is_open) as open,
        max(vote_date) filter (where is_alone) as newest,
        max_by(draft_symbol, vote_date) filter (where is_alone) as draft_symbol,
        -- every veto of China and every failed draft is cited, as evidence that no later vote qualifies
        list_sort(list_distinct(flatten(list(evidence)))) as evidence
    from votes
)
select
    if(votes = 0, null, printf(
        '%s; %d votes failed without a veto, %d of them on an amendment; China''s vote open on %d',
        coalesce(newest || ' (' || draft_symbol || ')', 'none alone'), failed, amendments, open
    )) as value_found,
    case
        when votes = 0 then 'not decidable'
        when year(newest) > 1999 then 'does not hold'
        when open > 0 then 'holds in part'
        else 'holds'
    end as verdict,
    coalesce(evidence, []) as evidence
from counted
