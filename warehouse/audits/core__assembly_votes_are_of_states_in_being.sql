-- audit: every state that voted in the General Assembly existed in the month of the vote
-- table: core.assembly_vote
with
members as (
    select roll_call, vote_date, unnest(string_split(concat_ws(';', yes_states, no_states, abstained_states), ';')) as iso3 from core.assembly_vote
)
select 'roll call ' || m.roll_call as at, m.iso3, m.vote_date, c.valid_from, c.valid_to
from members as m
join raw.country as c on c.iso3 = m.iso3  -- one: its key
where m.vote_date < c.valid_from or date_trunc('month', m.vote_date) > c.valid_to
