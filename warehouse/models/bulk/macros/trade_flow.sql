-- Return the six-digit rows of CEPII's BACI, one for each row of the publisher: from trade_flow(home := 'data').
-- The macro reads the landed files below the home and therefore needs a connection that may open files; that of `dyad sql` may not.
-- If the publisher gives an economy two codes, both become one ISO code, so that a pair can have two rows for a product. Flows within a
-- state are left out. product_code has six digits, of the HS revision in the edition's name; value_usd is FOB, in current US dollars;
-- evidence_id refers to a file in the table member.
create or replace macro trade_flow(home := 'data') as table
with
-- codes of the type of the landed ones, since a join of another type takes twice as long
economy as (
    select cast(code as smallint) as code, iso3 from country_code
    union all
    -- the aggregates contain every economy of the rows, as text if its code is in no list
    select distinct cast(country as smallint) as code, country as iso3 from country_year
    where country not in (select iso3 from country_code)
),
landed as (
    select home || '/' || file as filename, member, year, row_count, evidence_id from member
),
-- landed files whose number of rows differs from that of the file the aggregates were computed from
damaged as (
    select m.member
    from parquet_file_metadata(list_transform(landed_files(), lambda file: home || '/' || file)) as f
    join landed as m on m.filename = f.file_name  -- one: each member has one file
    where f.num_rows <> m.row_count
)
select
    m.year,
    e.iso3 as exporter,
    i.iso3 as importer,
    r.product_code,
    cast(r.value_thousand_usd * 1000 as decimal(18, 2)) as value_usd,
    r.quantity_tonnes,
    m.evidence_id
from read_parquet(list_transform(landed_files(), lambda file: home || '/' || file), hive_partitioning = false, filename = true) as r
join economy as e on e.code = r.exporter_code  -- one: its key
join economy as i on i.code = r.importer_code  -- one: its key
join landed as m on m.filename = r.filename  -- one: each file has one member, of one year: other years' files are not opened
where e.iso3 <> i.iso3
    and (
        select if(count(*) = 0, true, error('the six-digit rows of ' || min(member) || ' are damaged: `dyad doctor` says what to do'))
        from damaged
    );
