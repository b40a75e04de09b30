-- audit: one number means the same economy in all code systems that build on ISO 3166
-- table: raw.country_code
-- note: the Correlates of War Project (cow) and Gleditsch and Ward (gw) number states in lists of their own
select b.file || ':' || b.line as at, b.code, b.iso3, a.system as also_in, a.iso3 as means
from raw.country_code as a
join raw.country_code as b
    on try_cast(b.code as bigint) = try_cast(a.code as bigint) and b.system <> a.system
    and coalesce(a.valid_from, date '0001-01-01') <= coalesce(b.valid_to, date '9999-12-31')
    and coalesce(b.valid_from, date '0001-01-01') <= coalesce(a.valid_to, date '9999-12-31')
where a.iso3 <> b.iso3 and a.system not in ('cow', 'gw') and b.system not in ('cow', 'gw')
