-- audit: a subject has no more votes than its session, a rule no more than the rule 'identical', and the rule 'abstention as half' the same
--   number
-- table: charts.assembly_agreement
select concat_ws(' ', r.dyad, r.session, r.rule, r.subject) as at, r.votes, w.votes as votes_of_the_session, i.votes as identical_votes
from charts.assembly_agreement as r
left join charts.assembly_agreement as w
    on w.dyad = r.dyad and w.session = r.session and w.rule = 'identical' and w.subject = 'all'  -- one: its key
left join charts.assembly_agreement as i
    on i.dyad = r.dyad and i.session = r.session and i.rule = 'identical' and i.subject = r.subject  -- one: its key
where r.votes is not null and (w.votes is null or i.votes is null or i.votes > w.votes or r.votes > i.votes or (r.rule = 'abstention as half' and r.votes <> i.votes))
