-- audit: the figures of a source and frequency have one unit: a mix means that a table was pasted into another
-- table: raw.trade_flow
select f.file || ':' || f.line as at, f.unit, u.unit as usual_unit
from raw.trade_flow as f
join (select source, frequency, mode(unit order by unit) as unit from raw.trade_flow group by all) as u using (source, frequency)
where f.unit <> u.unit
