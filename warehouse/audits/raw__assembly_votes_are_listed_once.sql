-- audit: votes on one resolution of the General Assembly come from one source
-- table: raw.assembly_vote
select v.file || ':' || v.line as at, v.resolution, 'also in ' || o.file || ':' || o.line as elsewhere
from raw.assembly_vote as v
join raw.assembly_vote as o on o.resolution = v.resolution and o.source < v.source
