-- audit: no year's trade above a billion dollars is given again at less than half or more than twice
-- table: core.revision
-- note: the widest real revision is of a thousandth (China's imports of 2014); a partner or a unit taken for another is many times
--   that. Months are left out: China gave January and February of 2020 together before it gave them apart
select concat_ws(' ', source, figure, period_start) as at, value_before, value
from core.revision
where unit = 'USD' and contains(figure, ', annual')
    and greatest(value, value_before) > 1e9 and greatest(value, value_before) > 2 * least(value, value_before)
