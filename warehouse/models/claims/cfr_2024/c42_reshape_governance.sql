-- dyad: CHN-RUS
-- section: Increased Diplomatic Cooperation
-- quote: coordinate in international institutions to expand their influence and reshape global governance in their favor
-- claim: The two coordinate in institutions to gain influence and to reshape global governance.
-- rule: Needs a record of agreements between the two before votes, and a measure of influence. How often they vote alike is another claim.
-- claimed: coordination
-- searched: statement
-- reason: Equal votes do not show an agreement behind them, and no public record of such agreements or measure of influence exists.
select null::varchar as value_found, 'not decidable' as verdict, []::varchar[] as evidence
