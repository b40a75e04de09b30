-- audit: a revision changes a year's trade above a billion dollars by at most a factor of 2
-- table: core.revision
-- note: the largest real revision is 5.9 percent (China's trade with Russia in 2015, at first converted from yuan by an agency); a wrong
--   partner or unit differs by far more. Months are left out: China published January and February of 2020 together before each alone
select concat_ws(' ', r.source, r.figure, r.period_start) as at, r.value_before, r.value
from core.revision as r
join core.trade_flow as f on f.evidence_id = r.evidence_id and f.frequency = 'annual'  -- at most one: its key
where greatest(r.value, r.value_before) > 1e9 and greatest(r.value, r.value_before) > 2 * least(r.value, r.value_before)
