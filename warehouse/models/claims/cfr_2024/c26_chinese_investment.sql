-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: relies on Chinese companies and banks for critical investment in its energy and telecommunications infrastructure
-- claim: Russia relies on Chinese companies and banks for investment in energy and telecommunications.
-- rule: Needs China's share of the investment in these two branches in Russia, from a public table of investment by investor and branch.
-- claimed: reliance
-- searched: statement
-- reason: No public table gives investment or lending in Russia by investor and branch: the central bank counts direct investment by the
--   country that money comes through, for the most part offshore centres.
select
    string_agg('"' || words || '" (' || said_by || ')', '; ' order by statement_id) as value_found,
    'not decidable' as verdict,
    coalesce(list(evidence_id order by evidence_id), []) as evidence
from core.statement
where topic = 'direct investment in Russia'
