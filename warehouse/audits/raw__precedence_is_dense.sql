-- audit: no two series of a frequency share a place in the order, and no place exceeds the number of series; no place of a partner table
--   exceeds the number of its country's tables
-- table: raw.trade_basis
-- note: a series keeps its place in every frequency, so that a frequency may skip places
select any_value(file || ':' || line) as at, frequency, precedence, count(*) as series_count
from raw.trade_basis
group by frequency, precedence
having series_count > 1 or precedence > (select count(distinct basis_source) from raw.trade_basis)
union all
select file || ':' || line, country, precedence, table_count
from (select *, count(*) over (partition by country) as table_count from raw.partner_table)
where precedence > table_count or first_year > last_year
