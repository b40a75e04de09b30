"""What each state sells the other, by product group, before and after 2022.

Belongs here: what this visual shows and finds. Does not belong here: the look it shares with the others (`style`).
"""

import re
from collections.abc import Sequence
from typing import Any

import altair as alt
import duckdb

from warehouse.visuals import style
from warehouse.visuals.pair import Pair, ask
from warehouse.visuals.style import Drawing, data, percent, usd

TURN = 2022  # the article compares what was sold before and after this year
NAMES, FIGURES = 181, 176  # px left and right of the plots, for names and figures


def trade_composition(con: duckdb.DuckDBPyConnection, pair: Pair) -> Drawing:
    """What each sells the other by product group, in the last year before 2022 and the newest after."""
    rows = ask(con, "select * from charts.trade_composition where dyad = ? order by year, exporter, hs_chapter", pair.dyad)
    rows = [row for row in rows if row["value_usd"] is not None]
    years = _two_years({row["year"] for row in rows})
    shown = [row for row in rows if row["year"] in years]
    if not shown:
        return Drawing(f"What {pair.both} sell each other: nothing to draw")
    groups, bases = _groups(shown, pair), _bases(con, shown, years)
    notes = [] if len(years) == 2 else [f"No year on the other side of {TURN} to compare with."]
    return Drawing(
        _composition_found(groups, years, pair),
        _dumbbells(groups, years, pair),
        " ".join(f"{g['direction']}, {g['group']}: {', '.join(f'{usd(g[y])} in {y}' for y in years if y in g)}." for g in groups),
        f"Current US dollars, {' and '.join(map(str, years))}{_on(bases)}; in brackets the share of all that is sold in that direction.",
        left=NAMES,
        notes=[*notes, *(said for basis in bases for said in basis["said"])],
        rows=shown,
    )


def _two_years(years: set[int]) -> list[int]:
    """The last year before the turn and the newest after; the turn itself only if nothing else is known."""
    before, after = [y for y in years if y < TURN], [y for y in years if y > TURN]
    return ([max(before)] if before else []) + ([max(after)] if after else []) or sorted(years)[-1:]


def _bases(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], years: Sequence[int]) -> list[dict[str, Any]]:
    """The series the rows come from, and what is said of it: by those who chose it, and by its documents of a year compared here.

    A sentence on a year after the first of those compared tells of a break between them.
    """
    found = ask(
        con,
        "select b.basis, b.title, any_value(b.note) as note, list(distinct d.note order by d.note) as documents "
        "from (select unnest(?::varchar[]) as evidence_id) join core.evidence as e using (evidence_id) "
        "join raw.trade_basis as b on b.basis_source = e.source and b.frequency = 'annual' "
        "left join raw.documents as d on d.source = e.source and d.title = e.title group by b.basis, b.title order by b.basis",
        sorted({i for row in rows for i in row["evidence"]}),
    )
    for basis in found:
        sentences = dict.fromkeys(part for note in basis["documents"] for part in re.split(r"(?<=\.) ", note or ""))
        breaks = [part for part in sentences if any(years[0] < int(year) <= years[-1] for year in re.findall(r"\b\d{4}\b", part))]
        basis["said"] = ([f"{basis['basis']}: {basis['note']}."] if basis["note"] else []) + breaks
    return found


def _on(bases: Sequence[dict[str, Any]]) -> str:
    """` (BACI, reconciled bilateral trade)`: the series that the figures are of."""
    return f" ({style.listed([basis['title'] or basis['basis'] for basis in bases])})" if bases else ""


def _groups(rows: Sequence[dict[str, Any]], pair: Pair) -> list[dict[str, Any]]:
    """One entry a direction and product group: dollars by year (under the year), shares by year (under -year), evidence."""
    found: dict[tuple[str, str], dict[Any, Any]] = {}
    for row in rows:
        group = found.setdefault(
            (row["exporter"], row["product_group"]), {"direction": pair.direction(row), "group": row["product_group"], "evidence": []}
        )
        group[row["year"]] = group.get(row["year"], 0) + row["value_usd"]
        group[-row["year"]] = group.get(-row["year"], 0) + (row["share_pct"] or 0)
        group["evidence"] = [*group["evidence"], *row["evidence"]]
    return list(found.values())


def _composition_found(groups: Sequence[dict[str, Any]], years: Sequence[int], pair: Pair) -> str:
    """The group whose share moved most, for each direction; or the largest, where there is one year only."""
    told = []
    for exporter, importer in ((pair.name_a, pair.name_b), (pair.name_b, pair.name_a)):
        mine = [g for g in groups if g["direction"] == f"{exporter} to {importer}"]
        sales = f"of {style.whose(style.the(exporter))} sales to {style.the(importer)}"
        if mine and len(years) == 2:
            then, now = -years[0], -years[1]
            most = max(mine, key=lambda g: abs(g.get(now, 0) - g.get(then, 0)))
            told.append(f"{most['group']} went from {percent(most.get(then, 0))} to {percent(most.get(now, 0))} {sales}")
        elif mine:
            most = max(mine, key=lambda g: g.get(years[0], 0))
            told.append(f"{most['group']} made up {percent(most.get(-years[0], 0))} {sales}")
    return f"{style.capital(style.listed(told))} ({'–'.join(map(str, years))})"


def _dumbbells(groups: Sequence[dict[str, Any]], years: Sequence[int], pair: Pair) -> alt.VConcatChart:
    size, name = style.axis_unit(g[y] for g in groups for y in years if y in g)
    values = [g.get(y, 0) / size for g in groups for y in years]
    domain = [min(0, *values), max(*values, 0) or 1]
    directions = list(dict.fromkeys(g["direction"] for g in groups))
    return alt.vconcat(
        *(
            _direction_panel([g for g in groups if g["direction"] == d], years, pair, size, name, domain, d == directions[-1])
            for d in directions
        ),
        spacing=14,
    )


def _panel_title(direction: str, years: Sequence[int]) -> str:
    return f"{direction}:  ○ {years[0]}   ● {years[-1]}" if len(years) == 2 else f"{direction}, {years[0]}"


def _figures(ends: Sequence[dict[str, Any]]) -> str:
    """`42.3 bn (38 %, was 48 %)`."""
    was = f", was {ends[0]['share']}" if len(ends) == 2 else ""
    return f"{ends[-1]['value'].removesuffix(style.NBSP + 'USD')} ({ends[-1]['share']}{was})"


def _direction_panel(
    groups: Sequence[dict[str, Any]], years: Sequence[int], pair: Pair, size: float, name: str, domain: list[float], is_last: bool
) -> alt.LayerChart:
    groups = sorted(groups, key=lambda g: (g["group"] == "other", -g.get(years[-1], 0)))
    step = 25
    direction = groups[0]["direction"]
    colour = style.FIRST if direction.startswith(pair.name_a) else style.SECOND
    marks = []
    for i, group in enumerate(groups):
        for year in years:
            marks.append({
                "y": i * step + step / 2, "worth": group.get(year, 0) / size, "year": year, "group": group["group"], "direction": direction,
                "value": usd(group.get(year, 0)), "share": percent(group.get(-year, 0)), "evidence": style.cite(group["evidence"]),
            })  # fmt: skip
    ends = [marks[i * len(years) : (i + 1) * len(years)] for i in range(len(groups))]
    height = len(groups) * step
    x = alt.X(
        "worth:Q",
        scale=alt.Scale(domain=domain, nice=True),
        axis=alt.Axis(title=name, grid=True, tickCount=5, domain=False)
        if is_last
        else alt.Axis(title=None, grid=True, labels=False, ticks=False, tickCount=5, domain=False),
    )
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], reverse=True), axis=None)
    told = style.tooltip(direction="Direction", group="Product group", year="Year", value="Value", share="Share")
    bars = [{"y": e[0]["y"], "worth": e[0]["worth"], "to": e[-1]["worth"]} for e in ends]
    after = [{"y": e[0]["y"], "worth": max(m["worth"] for m in e), "text": _figures(e)} for e in ends]
    base = (
        alt.Chart(data([m for m in marks if m["year"] == years[-1]]))
        .mark_point(filled=True, size=130, opacity=1, color=colour)
        .encode(x=x, y=y, tooltip=told)
    )
    earlier = alt.Chart(data([m for m in marks if m["year"] != years[-1]])).mark_point(
        fill="white", stroke=colour, strokeWidth=2, size=55, opacity=1
    )
    return alt.layer(
        alt.Chart(data(bars)).mark_rule(stroke=colour, strokeWidth=3, opacity=0.45, tooltip=None).encode(x=x, x2="to:Q", y=y),
        base, earlier.encode(x=x, y=y, tooltip=told),  # the smaller ring above, so that it shows where both years are alike
        alt.Chart(data(after)).mark_text(align="left", dx=11, fontSize=style.SMALL, tooltip=None).encode(x=x, y=y, text="text:N"),
        alt.Chart(data([{"y": e[0]["y"], "text": e[0]["group"]} for e in ends]))
        .mark_text(align="right", fontSize=style.LABEL, tooltip=None).encode(x=alt.value(-12), y=y, text="text:N"),
    ).properties(width=style.WIDTH - NAMES - FIGURES, height=height, title=alt.TitleParams(text=style.wrap(_panel_title(direction, years), 15), fontSize=15, color=colour, frame="bounds", offset=6))  # fmt: skip
