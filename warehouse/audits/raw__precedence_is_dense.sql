-- audit: the order of series counts from 1 without a gap, and no two series of a frequency share a place
-- table: raw.trade_basis
-- note: a series keeps its place in every frequency
select any_value(file || ':' || line) as at, frequency, precedence, count(*) as series_count
from raw.trade_basis
group by frequency, precedence
having series_count > 1 or precedence > (select count(distinct basis_source) from raw.trade_basis)
