-- audit: a state that vetoed a draft held a permanent seat on that day
-- table: raw.veto
select f.file || ':' || f.line as at, v.vote_date, v.member as vetoed_by
from (select evidence_id, vote_date, unnest(string_split(vetoed_by, ';')) as member from raw.veto) as v
join raw.figure_line as f on f.evidence_id = v.evidence_id
anti join raw.unsc_seat as s
    on s.iso3 = v.member and s.valid_from <= v.vote_date and coalesce(s.valid_to, date '9999-12-31') >= v.vote_date
