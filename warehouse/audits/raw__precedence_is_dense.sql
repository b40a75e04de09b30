-- audit: no two series of a frequency share a place in their order, and no place is beyond the number of series or of a country's tables
-- table: raw.trade_basis
-- note: a series keeps its place in every frequency
select any_value(file || ':' || line) as at, frequency, precedence, count(*) as series_count
from raw.trade_basis
group by frequency, precedence
having series_count > 1 or precedence > (select count(distinct basis_source) from raw.trade_basis)
union all
select file || ':' || line, country, precedence, table_count
from (select *, count(*) over (partition by country) as table_count from raw.partner_table)
where precedence > table_count or first_year > last_year
