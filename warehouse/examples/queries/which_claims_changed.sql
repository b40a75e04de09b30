-- Which claims have another verdict or value today than on the day their text was published?
select
    text,
    claim_id,
    claim,
    value_claimed,
    article_day,
    value_found,
    verdict,
    as_of,
    value_today,
    verdict_today,
    verdict is distinct from verdict_today as verdict_changed
from charts.claims
where verdict is distinct from verdict_today or value_found is distinct from value_today
order by verdict_changed desc, text, claim_id;
