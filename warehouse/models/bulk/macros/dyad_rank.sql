-- Ranks of any two economies among each other's partners, with the columns of trade_dependence: from dyad_rank('FRA', 'DEU').
create or replace macro dyad_rank(a, b) as table
select
    least(a, b) || '-' || greatest(a, b) as dyad,
    r.year,
    r.country,
    r.partner,
    r.rule,
    r.trade_usd::double as trade_usd,
    c.trade_usd::double as total_trade_usd,
    100 * r.trade_usd::double / c.trade_usd::double as share_pct,
    'BACI ' || m.release || ', whole world' as trade_basis,
    'BACI ' || m.release || ', whole world' as total_basis,
    false as is_two_bases,
    true as is_headline,
    r.partner_rank as rank,
    r.partner_count,
    false as is_mirror,
    false as is_incomplete,
    null::varchar as incomplete_because,
    []::varchar[] as qualifications,
    [m.evidence_id] as evidence
from (
    -- one side at a time, since DuckDB skips more row groups for `=` than for `in`
    from partner_rank where country = a and partner = b
    union all
    from partner_rank where country = b and partner = a
) as r
join country_year as c on c.year = r.year and c.country = r.country  -- one: its key
join member as m on m.year = r.year  -- one: each year has one member
order by r.year, r.country, r.rule;
