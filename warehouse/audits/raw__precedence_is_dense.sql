-- audit: no two series of a frequency have the same precedence, and no precedence exceeds the number of series; a partner table's
--   precedence is at most the number of its country's tables, and its first year is not after its last
-- table: raw.trade_basis
-- note: a series has the same precedence in every frequency, so that a frequency may skip numbers
select any_value(file || ':' || line) as at, frequency, precedence, count(*) as series_count
from raw.trade_basis
group by frequency, precedence
having series_count > 1 or precedence > (select count(distinct basis_source) from raw.trade_basis)
union all
select file || ':' || line, country, precedence, table_count
from (select *, count(*) over (partition by country) as table_count from raw.partner_table)
where precedence > table_count or first_year > last_year
