-- audit: a vote of the General Assembly is held in its session, which opens in September of 1945 plus its number and ends a year later
-- table: raw.assembly_vote
-- note: the year before is allowed too, since the bundled list dates one roll call of session 22 and one of session 23 a year early
select file || ':' || line as at, session, vote_date
from raw.assembly_vote
where year(vote_date) - session not between 1944 and 1946
