-- Return the annual headline trade of a pair of the release, with the columns of bilateral_trade; no rows for another pair.
-- A release with the world's trade has a macro of this name in its trade file, which answers for any pair and takes precedence.
create or replace macro main.dyad_trade(a, b) as table
from charts.bilateral_trade
where dyad = least(a, b) || '-' || greatest(a, b) and frequency = 'annual' and is_headline;
