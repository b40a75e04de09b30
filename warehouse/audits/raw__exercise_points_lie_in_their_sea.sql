-- audit: an exercise's point lies in the box of its first sea, and that sea lies in the exercise's region unless listed in
--   raw.known_anomaly
-- table: raw.exercise
-- note: a box extends at least half a degree beyond the outermost point in it
select e.file || ':' || e.line as at, e.exercise_id, s.sea, e.latitude, e.longitude, e.region, s.region as region_of_the_sea
from raw.exercise as e
join raw.sea as s on s.sea = split_part(e.seas, ';', 1)
where e.latitude not between s.south and s.north
    or if(s.east > 180 and e.longitude < 0, e.longitude + 360, e.longitude) not between s.west and s.east
    or (
        s.region <> e.region
        and e.exercise_id not in (select place from raw.known_anomaly where audit = 'raw__exercise_points_lie_in_their_sea')
    )
