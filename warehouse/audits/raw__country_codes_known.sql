-- audit: every country code in the figures is listed in raw.country or raw.economy_group
-- table: raw.country
with
used as (
    select evidence_id, 'reporter_iso3' as column_name, reporter_iso3 as code from raw.trade_flow
    union all
    select evidence_id, 'partner_iso3' as column_name, partner_iso3 as code from raw.trade_flow
    union all
    select evidence_id, 'exporter_iso3' as column_name, exporter_iso3 as code from raw.trade_by_product
    union all
    select evidence_id, 'importer_iso3' as column_name, importer_iso3 as code from raw.trade_by_product
    union all
    select evidence_id, 'exporter_iso3' as column_name, exporter_iso3 as code from raw.energy_volume
    union all
    select evidence_id, 'importer_iso3' as column_name, importer_iso3 as code from raw.energy_volume
    union all
    select evidence_id, 'iso3' as column_name, iso3 as code from raw.economy_indicator
    union all
    select evidence_id, 'member_iso3' as column_name, member_iso3 as code from raw.roll_call
    union all
    select evidence_id, 'iso3' as column_name, iso3 as code from raw.membership
    union all
    select evidence_id, 'bloc' as column_name, bloc as code from raw.bloc_member
    union all
    select evidence_id, 'iso3' as column_name, iso3 as code from raw.bloc_member
    union all
    select evidence_id, 'country' as column_name, country as code from raw.partner_table
    union all
    select evidence_id, 'country' as column_name, country as code from raw.partner_table_gap
    union all
    select evidence_id, 'blocs_as_one', unnest(string_split(blocs_as_one, ';')) from raw.counting_rule
    union all
    select evidence_id, 'left_out', unnest(string_split(left_out, ';')) from raw.counting_rule
    union all
    select evidence_id, 'iso3' as column_name, iso3 as code from raw.country_code
    union all
    select evidence_id, 'iso3' as column_name, iso3 as code from raw.unsc_seat
    union all
    select evidence_id, 'predecessor_iso3' as column_name, predecessor_iso3 as code from raw.succession
    union all
    select evidence_id, 'successor_iso3' as column_name, successor_iso3 as code from raw.succession
    union all
    select evidence_id, 'vetoed_by', unnest(string_split(vetoed_by, ';')) from raw.veto
    union all
    select evidence_id, 'sponsors', unnest(string_split(sponsors, ';')) from raw.veto
    union all
    select evidence_id, 'yes_members', unnest(string_split(yes_members, ';')) from raw.failed_draft
    union all
    select evidence_id, 'no_members', unnest(string_split(no_members, ';')) from raw.failed_draft
    union all
    select evidence_id, 'abstained_members', unnest(string_split(abstained_members, ';')) from raw.failed_draft
    union all
    select evidence_id, 'participants', unnest(string_split(participants, ';')) from raw.exercise
    union all
    select evidence_id, 'hosts', unnest(string_split(hosts, ';')) from raw.exercise
)
select f.file || ':' || f.line as at, u.column_name, u.code
from used as u
join raw.figure_line as f on f.evidence_id = u.evidence_id
where u.code not in (select iso3 from raw.country union all select code from raw.economy_group)
