-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: their positions on Ukraine and the Gaza Strip especially resemble the preferred views of China and Russia
-- claim: BRICS communiques on Ukraine and Gaza resemble the views of China and Russia.
-- rule: Needs a published measure of how near the communiques are to the views of China and Russia; the words of the newest one before the
--   article are cited.
-- claimed: resemblance
-- searched: statement
-- reason: Resemblance of a text to views is a judgement, and no measure of it is published. The declaration of Kazan recalls national
--   positions on Ukraine without taking one, and asks for a ceasefire in Gaza.
select
    string_agg('"' || words || '" (' || said_on || ')', '; ' order by statement_id) as value_found,
    'not decidable' as verdict,
    coalesce(list(evidence_id order by evidence_id), []) as evidence
from core.statement
where topic = 'Ukraine and Gaza'
