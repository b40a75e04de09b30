"""Compute the key figures and the sentences between the charts for one pair.

Each is one SELECT over chart tables; a sentence whose condition does not hold returns no row or null, and is left out. `$a` and `$b` are
the names of the two states, `$dyad` their codes.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import duckdb

from warehouse.visuals.style import capital, the

SPARK = (100, 28)  # width and height of a sparkline's drawing

_EXERCISES = """
years as (
    select year, sum(exercise_count - of_which_doubtful) as n from charts.joint_exercises
    where dyad = $dyad and category = 'core_military' and not is_partial group by year
)"""
_TRADE = """
years as (
    select year(period_start) as year, any_value(basis) as basis, max(two_way_total_usd) / 1e9 as n from charts.bilateral_trade
    where dyad = $dyad and is_headline and frequency = 'annual' and not is_partial and two_way_total_usd is not null group by year(period_start)
)"""
_SHARES = """
shares as (
    select year, country, any_value(share_pct) as pct from charts.trade_dependence
    where dyad = $dyad and is_headline and share_pct is not null group by year, country
),
paired as (
    select h.year, h.country, h.pct, l.pct as other_pct, if(h.country = split_part($dyad, '-', 1), $a, $b) as heavy,
        if(h.country = split_part($dyad, '-', 1), $b, $a) as light
    from shares as h join shares as l on l.year = h.year and l.country <> h.country and l.pct < h.pct  -- at most one: two countries a year
    qualify row_number() over (order by h.year desc) = 1
)"""
_VETOES = """
vetoes as (
    select * from charts.security_council_vetoes where dyad = $dyad and confidence = 'documented'
)"""

# dataset, and the SELECT of a value, its label, an aside and the series of the sparkline
KEY_FIGURES = {
    "joint_exercises": f"""with {_EXERCISES}
        select format('{{:.1f}}', (select avg(n) from (from years order by year desc limit 5))),
            format('joint exercises a year, {{}}–{{}}', max(year) - 4, max(year)),
            format('{{:.1f}} in {{}}–{{}}', (select avg(n) from (from years order by year limit 5)), min(year), min(year) + 4),
            list(n order by year)
        from years having count(*) >= 10""",
    # compared within one series, as the chart's title does
    "bilateral_trade": f"""with {_TRADE}, same as (
            select year(t.period_start) as year, max(t.two_way_total_usd) / 1e9 as n from charts.bilateral_trade as t
            where t.dyad = $dyad and t.frequency = 'annual' and not t.is_partial and t.basis = (select arg_max(basis, year) from years)
                and t.two_way_total_usd is not null group by year(t.period_start)),
        latest as (select *, lag(n) over (order by year) as before, lag(year) over (order by year) as year_before from same
            qualify row_number() over (order by year desc) = 1)
        select format(if(n < 99.95, '${{:.1f}} bn', '${{:.0f}} bn'), n), format('traded in {{}}', year),
            case when before is null then 'no other year of this series'
                when n = (select max(n) from same) and (select count(*) from same) >= 6 then 'more than in any year before'
                else format('{{}} {{:.0f}}% on {{}}', if(n < before, 'down', 'up'), abs(n / before - 1) * 100, year_before)
                    || if(n < (select max(n) from same), format('; most in {{}}', (select arg_max(year, n) from same)), '') end,
            (select list(n order by year) from years)
        from latest""",
    "trade_dependence": f"""with {_SHARES}
        select format('{{:.0f}}%', pct), format('of the trade of {{}} is with {{}}, {{}}', heavy, light, year), format('{{:.0f}}% the other way round', other_pct),
            (select list(s.pct order by s.year) from shares as s where s.country = paired.country)
        from paired""",
    "security_council_vetoes": f"""with {_VETOES}
        select count(*) filter (veto_type = 'joint')::varchar, format('joint vetoes in the Security Council since {{}}', min(year)),
            'the last on ' || strftime(max(vote_date) filter (veto_type = 'joint'), '%-d %B %Y') || (
                select if(count(*) > 0, format('; {{}} more not well documented', count(*)), '')
                from charts.security_council_vetoes where dyad = $dyad and veto_type = 'joint' and confidence <> 'documented'),
            (select list(n order by y) from (select y, (select count(*) from vetoes where veto_type = 'joint' and year <= y) as n
                from (select unnest(range((select min(year) from vetoes), (select max(year) + 1 from vetoes))) as y)))
        from vetoes having count(*) filter (veto_type = 'joint') > 0""",
}

# dataset, and the sentences that lead to its chart
SENTENCES = {
    "joint_exercises": [
        f"""with {_EXERCISES}, since as (select coalesce(max(year) filter (n = 0), min(year) - 1) + 1 as first_year, max(year) as last_year from years)
        select format('{{}} and {{}} have trained together in every year since {{}}.', $a, $b, first_year) from since where last_year - first_year >= 3""",
        f"""with {_EXERCISES}
        select format('The busiest was {{}}, with {{}} exercises.', max(year), max(n)::int)
        from years where n = (select max(n) from years) having count(*) = 1 and max(n) > 1""",
    ],
    "naval_drills": [
        """select format('They first drilled at sea in {}, in the {}, and have drilled in {} seas in all.', min(year), arg_min(d.sea, start_date), count(distinct s.sea))
        from charts.naval_drills as d cross join unnest(d.seas) as s (sea) where d.dyad = $dyad having count(distinct s.sea) > 1""",
        """with firsts as (select s.sea, min(d.year) as year from charts.naval_drills as d cross join unnest(d.seas) as s (sea) where d.dyad = $dyad group by s.sea),
        recent as (select string_agg(sea, ', ' order by year, sea) as seas, count(*) as n, min(year) as since from firsts where year > (select max(year) - 5 from firsts))
        select format('Seas in which they first drilled in {} or later: {}.', since, seas) from recent where n between 1 and 6""",
    ],
    "bilateral_trade": [
        f"""with {_TRADE}
        select format('From {{}} to {{}} the trade of the two grew from ${{:.0f}} bn to ${{:.0f}} bn, {{:.0f}} times as much{{}}.',
            e.year, l.year, e.n, l.n, l.n / e.n, if(e.basis = l.basis, '', ', by two different series'))
        from years as l join years as e on e.year = l.year - 20 where l.year = (select max(year) from years) and l.n >= 2 * e.n""",
        """with flows as (
            select year(period_start) as year, max(value_usd) filter (exporter = split_part($dyad, '-', 1)) / 1e9 as a, max(value_usd) filter (exporter = split_part($dyad, '-', 2)) / 1e9 as b
            from charts.bilateral_trade where dyad = $dyad and is_headline and frequency = 'annual' and not is_partial group by all)
        select format('In {0} {1} sold {2} goods worth ${3:.0f} bn more than those it bought from {2}.', year, if(a > b, $a, $b), if(a > b, $b, $a), abs(a - b))
        from flows where a is not null and b is not null qualify row_number() over (order by year desc) = 1""",
    ],
    "trade_dependence": [
        f"""with {_SHARES}
        select format('The dependence is uneven: in {{}} the share was {{:.0f}} times as large for {{}} as for {{}}.', year, pct / other_pct, heavy, light)
        from paired where pct > 2 * other_pct""",
        """with ranks as (
            select country, year, rule, rank from charts.trade_dependence where dyad = $dyad and rank is not null and not is_incomplete
            qualify year = max(year) over (partition by country) and country = split_part($dyad, '-', 1)),
        bounds as (select any_value(year) as year, min(rank) as best, max(rank) as worst from ranks)
        select format('Who counts as one partner decides the rank: in {} {} was number {} to {} among the partners of {}.', year, $b, best, worst, $a)
        from bounds where best < worst""",
    ],
    "trade_composition": [
        f"""with flows as (
            select exporter, product_group, sum(share_pct) as pct from charts.trade_composition
            where dyad = $dyad and exporter = split_part($dyad, '-', {side}) and year = (select max(year) from charts.trade_composition where dyad = $dyad) group by all)
        select format('{words}', {seller}, {buyer}, replace(product_group, '_', ' '), pct, (select max(year) from charts.trade_composition where dyad = $dyad))
        from flows where product_group <> 'other' order by pct desc limit 1"""
        for side, seller, buyer, words in (
            (2, "$b", "$a", "What {} sells {} is above all {}: {:.0f}% in {}."),
            (1, "$a", "$b", "What {} sells {} is above all {}: {:.0f}% in {}."),
        )
    ],
    "security_council_vetoes": [
        f"""with {_VETOES}
        select format('Since {{}} at least one of the two has vetoed {{}} drafts and amendments, both together {{}} of them.', min(year), count(*), count(*) filter (veto_type = 'joint'))
        from vetoes having count(*) > 0 and bool_or(veto_type = 'joint')""",
        f"""with {_VETOES}, single as (
            select if(veto_type = 'first only', $a, $b) as who, if(veto_type = 'first only', $b, $a) as other, if(veto_type = 'first only', vote_b, vote_a) as vote
            from vetoes where veto_type in ('first only', 'second only'))
        select format('{{0}} vetoed {{1}} without {{2}}: {{3}}.', who, count(*), other, concat_ws('; ',
            case when count(*) filter (vote in ('abstain', 'yes', 'no')) > 0 then format('{{}} ', other) || concat_ws(', ',
                'abstained on ' || nullif(count(*) filter (vote = 'abstain'), 0),
                'voted in favour of ' || nullif(count(*) filter (vote = 'yes'), 0),
                'voted against ' || nullif(count(*) filter (vote = 'no'), 0)) end,
            other || ' was not in the Council for ' || nullif(count(*) filter (vote = 'no seat'), 0),
            'the vote of ' || other || ' on ' || nullif(count(*) filter (vote = 'not documented'), 0) || ' is not documented'))
        from single group by who, other order by count(*) desc limit 1""",
    ],
    "bloc_membership": [
        """with blocs as (
            select bloc from charts.bloc_membership where dyad = $dyad and status = 'member' and iso3 in (split_part($dyad, '-', 1), split_part($dyad, '-', 2))
                and as_of = (select max(as_of) from charts.bloc_membership where dyad = $dyad) group by bloc having count(distinct iso3) = 2)
        select format('Both are members of {}.', string_agg(if(bloc = 'BRICS', '', 'the ') || bloc, ' and ' order by bloc)) from blocs having count(*) > 0""",
        """with sizes as (
            select bloc, min(member_count) filter (member_count > 0) as few, arg_max(member_count, as_of) as many from charts.bloc_membership where dyad = $dyad group by bloc)
        select string_agg(format('{} has grown from {} to {} members', if(bloc = 'BRICS', '', 'the ') || bloc, few, many), '; ' order by bloc) || '.'
        from sizes where many > few""",
    ],
    "assembly_agreement": [
        """with pooled as (
            select subject, sum(votes * agreement_pct) / sum(votes) as pct from charts.assembly_agreement
            where dyad = $dyad and rule = 'identical' and subject <> 'all' group by subject)
        select format('Over all sessions {} and {} agree most on {} ({:.0f}% of votes) and least on {} ({:.0f}%).',
            $a, $b, arg_max(subject, pct), max(pct), arg_min(subject, pct), min(pct)) from pooled having min(pct) < max(pct)""",
        """select format('Counting an abstention beside a yes or a no as half an agreement, the rate of {}–{:02} is {:.0f}% instead of {:.0f}%.',
            year, (year + 1) % 100, max(agreement_pct) filter (rule = 'abstention as half'), max(agreement_pct) filter (rule = 'identical'))
        from charts.assembly_agreement where dyad = $dyad and subject = 'all' and not is_partial and votes is not null group by year order by year desc limit 1""",
    ],
    "council_agreement": [
        """select format('Of {} vetoed drafts on which every member''s vote is documented, whoever vetoed, {} and {} voted alike on {}.',
            sum(votes), $a, $b, round(sum(votes * agreement_pct) / 100)::int)
        from charts.council_agreement where dyad = $dyad and rule = 'identical' and votes_on = 'vetoed' having count(*) > 0""",
    ],
}


class KeyFigure(NamedTuple):
    """A key figure at the top of the page: the dataset of its chart, its texts, and the points of its sparkline."""

    dataset: str
    value: str
    label: str
    aside: str
    points: str


def key_figures(con: duckdb.DuckDBPyConnection, pair: Mapping[str, Any]) -> list[KeyFigure]:
    """Return the key figures that the release has of a pair."""
    found = [(dataset, con.execute(sql, _values(sql, pair)).fetchone()) for dataset, sql in KEY_FIGURES.items()]
    return [KeyFigure(dataset, row[0], row[1], row[2], _points(row[3])) for dataset, row in found if row and row[0]]


def sentences(con: duckdb.DuckDBPyConnection, pair: Mapping[str, Any], dataset: str) -> str:
    """Return the sentences before a dataset's chart; an empty string if no sentence applies."""
    found = [con.execute(sql, _values(sql, pair)).fetchone() for sql in SENTENCES.get(dataset, [])]
    return " ".join(capital(row[0]) for row in found if row and row[0])


def _values(sql: str, pair: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters that a SELECT names, since DuckDB refuses others."""
    values = {"dyad": pair["dyad"], "a": the(pair["a"]), "b": the(pair["b"])}
    return {name: value for name, value in values.items() if f"${name}" in sql}


def _points(series: list[float]) -> str:
    width, height = SPARK
    top, last = max(series), len(series) - 1
    return (
        " ".join(f"{i * width / last:.1f},{height - 2 - (height - 4) * value / top:.1f}" for i, value in enumerate(series))
        if last and top
        else ""
    )
