-- audit: a rank is at most the number of partners, and the share at rank n is at most 101/n percent
-- table: charts.trade_dependence
-- note: the n-th largest part of a sum is at most one n-th of it; the tolerance is one percent, since partner and world figures are
--   published separately
select concat_ws(' ', dyad, year, country, rule) as at, rank, partner_count, share_pct
from charts.trade_dependence
where rank > partner_count or share_pct > 101.0 / rank
