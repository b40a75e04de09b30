-- Which publishers' figures is each dataset computed from, and how many of each?
select e.dataset, e.publisher, count(distinct e.evidence_id) as figures, bool_and(e.is_primary) as all_primary
from views.row_evidence as e
group by e.dataset, e.publisher
order by e.dataset, figures desc, e.publisher;
