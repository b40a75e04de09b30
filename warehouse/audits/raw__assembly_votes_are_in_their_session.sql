-- audit: the year of a vote of the General Assembly differs by at most one from the year in which its session opens, 1945 plus the session's
--   number
-- table: raw.assembly_vote
-- note: a session ends in the year after; the year before is allowed too, since the bundled list dates one roll call of session 22 and one of session 23 a year early
select file || ':' || line as at, session, vote_date
from raw.assembly_vote
where year(vote_date) - session not between 1944 and 1946
