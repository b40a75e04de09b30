-- dyad: CHN-RUS
-- section: Introduction
-- quote: the strongest it's been in centuries ... driven largely by a common goal: to challenge the U.S.-led world order
-- claim: The partnership is the strongest in centuries and driven by a common goal against the order led by the United States.
-- rule: Needs a measure of the strength of the two states' relations over centuries, and a published statement of both that names this goal
--   first.
-- claimed: strongest, one goal
-- searched: statement
-- reason: No series of relations reaches back centuries, and what drives a partnership is a judgement on motives.
select null::varchar as value_found, 'not decidable' as verdict, []::varchar[] as evidence
