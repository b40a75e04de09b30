-- audit: a roll call of the General Assembly has votes, at most one per state
-- table: raw.assembly_vote
with
lists as (
    select file || ':' || line as at, string_split(concat_ws(';', yes_members, no_members, abstained_members), ';') as voted
    from raw.assembly_vote
)
select l.at, len(l.voted) as votes, list_unique(l.voted) as states
from lists as l
where list_unique(l.voted) <> len(l.voted) or l.voted = ['']
