-- audit: a list that is cited as a whole was published by the release's day
-- table: core.evidence
-- note: a reference list is cited line by line and is not checked here, since its rows count as known on every day
select e.locator as at, e.published_on, p.value as as_of
from core.evidence as e
semi join raw.whole_file as w on w.evidence_id = e.evidence_id
join catalog.parameter as p on p.name = 'as_of' and e.published_on > p.value::date
