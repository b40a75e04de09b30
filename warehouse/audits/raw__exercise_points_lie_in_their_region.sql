-- audit: an exercise's point lies in its region
-- table: raw.exercise
-- note: each region's box extends at least five degrees beyond its outermost point; a lost sign moves a point out of its box
with
box (region, south, north, west, east) as (
    values
        ('Europe', 30, 75, -25, 60),
        ('Middle East', 5, 45, 25, 70),
        ('Africa', -40, 38, -20, 55),
        ('Eurasian interior', 20, 75, 40, 140),
        -- across the antimeridian
        ('Indo-Pacific', -15, 70, 60, 220)
)
select e.file || ':' || e.line as at, e.region, e.latitude, e.longitude
from raw.exercise as e
join box as b on b.region = e.region
where e.latitude not between b.south and b.north
    or if(b.east > 180 and e.longitude < 0, e.longitude + 360, e.longitude) not between b.west and b.east
