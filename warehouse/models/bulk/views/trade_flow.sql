-- view: The world's trade at six digits as CEPII's BACI reconciles it, a row of the publisher's each; an economy that it lists under two codes has
--   rows of both, and flows within a state are left out
-- year: Calendar year
-- exporter: Economy the goods leave (ISO alpha-3, the publisher's code where no list knows one)
-- importer: Economy the goods enter (ISO alpha-3, the publisher's code where no list knows one)
-- product_code: Product, six digits of the HS revision in the release's name
-- value_usd: Value, priced FOB, current US dollars [USD]
-- quantity_tonnes: Quantity, metric tonnes [t]
-- evidence_id: The publisher's file, as in trade.member, which holds its SHA-256
with
economy as (
    select code, iso3 from trade.country_code
    union all
    -- the aggregates hold every economy of the rows, as text where it is a code that no list knows
    select distinct cast(country as bigint) as code, country as iso3 from trade.country_year
    where country not in (select iso3 from trade.country_code)
)
select
    r.year,
    e.iso3 as exporter,
    i.iso3 as importer,
    r.product_code,
    cast(r.value_thousand_usd * 1000 as decimal(18, 2)) as value_usd,
    r.quantity_tonnes,
    m.evidence_id
from world.main.landed as r
join economy as e on e.code = r.exporter_code  -- one: its key
join economy as i on i.code = r.importer_code  -- one: its key
join trade.member as m on m.year = r.year  -- one: a member a year
where e.iso3 <> i.iso3
