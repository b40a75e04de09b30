"""Draw what each state sells the other, by product group, before and after 2022."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import duckdb

from warehouse.visuals import forms as style
from warehouse.visuals.forms import Drawing, data, percent, usd
from warehouse.visuals.pair import Pair, ask, dataset_rows
from warehouse.visuals.registry import visual

TURN = 2022  # the article compares what was sold before and after this year
NAMES, FIGURES = 181, 176  # px left and right of the plots

Group = dict[Any, Any]  # fields by name, dollars by year, shares by negative year


@visual
def trade_composition(con: duckdb.DuckDBPyConnection, pair: Pair, size: Any) -> Drawing:
    """Draw what each sells the other by product group, in the last year before 2022 and the newest after it."""
    rows = dataset_rows(con, "trade_composition", pair, "year, exporter, hs_chapter")
    rows = [row for row in rows if row["value_usd"] is not None]
    years = _two_years({row["year"] for row in rows})
    shown = [row for row in rows if row["year"] in years]
    if not shown:
        return Drawing(f"What {pair.both} sell each other: nothing to draw")
    groups, bases = _groups(shown, pair), _bases(con, shown, years)
    notes = [] if len(years) == 2 else [f"No year on the other side of {TURN} to compare with."]
    return Drawing(
        _title(groups, years, pair),
        _dumbbells(groups, years, pair),
        " ".join(f"{g['direction']}, {g['group']}: {', '.join(f'{usd(g[y])} in {y}' for y in years if y in g)}." for g in groups),
        f"Current US dollars, {' and '.join(map(str, years))}{_on(bases)}; in brackets the share of all that is sold in that direction.",
        left=NAMES,
        notes=[*notes, *(note for basis in bases for note in basis["notes"])],
        rows=shown,
    )


def _two_years(years: set[int]) -> list[int]:
    """Choose the last year before TURN and the newest after it; TURN itself only if there is no other year."""
    before, after = [y for y in years if y < TURN], [y for y in years if y > TURN]
    return ([max(before)] if before else []) + ([max(after)] if after else []) or sorted(years)[-1:]


def _bases(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], years: Sequence[int]) -> list[dict[str, Any]]:
    """Return the series of the rows with their notes: the reason for each series, and its breaks between the years compared."""
    bases = ask(
        con,
        "select distinct b.basis_source, b.basis, b.title, b.note from (select unnest(?::varchar[]) as evidence_id) "
        "join core.evidence as e using (evidence_id) "
        "join raw.trade_basis as b on b.basis_source = e.source and b.frequency = 'annual' order by b.basis",
        style.union(rows),
    )
    for basis in bases:
        breaks = ask(
            con,
            "select note from raw.trade_break where basis_source = ? and first_year > ? and first_year <= ? order by first_year",
            basis["basis_source"], years[0], years[-1],
        )  # fmt: skip
        basis["notes"] = ([f"{basis['basis']}: {basis['note']}."] if basis["note"] else []) + [row["note"] for row in breaks]
    return bases


def _on(bases: Sequence[dict[str, Any]]) -> str:
    """Return the series of the figures: ` (BACI, reconciled bilateral trade)`."""
    return f" ({style.listed([basis['title'] or basis['basis'] for basis in bases])})" if bases else ""


def _groups(rows: Sequence[dict[str, Any]], pair: Pair) -> list[Group]:
    """Return one entry per direction and product group: dollars by year (2021), shares by its negative (-2021), and rows in `rows`."""
    groups: dict[tuple[str, str], dict[Any, Any]] = {}
    for row in rows:
        group = groups.setdefault(
            (row["exporter"], row["product_group"]), {"direction": pair.direction(row), "group": row["product_group"], "rows": {}}
        )
        group[row["year"]] = group.get(row["year"], 0) + row["value_usd"]
        group[-row["year"]] = group.get(-row["year"], 0) + (row["share_pct"] or 0)
        group["rows"].setdefault(row["year"], []).append(row)
    return list(groups.values())


def _title(groups: Sequence[Group], years: Sequence[int], pair: Pair) -> str:
    """Return, for each direction, the group whose share changed most, or the largest if there is only one year."""
    parts = []
    for exporter, importer in ((pair.name_a, pair.name_b), (pair.name_b, pair.name_a)):
        mine = [g for g in groups if g["direction"] == f"{exporter} to {importer}"]
        sales = f"of {style.whose(style.the(exporter))} sales to {style.the(importer)}"
        if mine and len(years) == 2:
            then, now = -years[0], -years[1]
            most = max(mine, key=lambda g: abs(g.get(now, 0) - g.get(then, 0)))
            parts.append(f"{most['group']} went from {percent(most.get(then, 0))} to {percent(most.get(now, 0))} {sales}")
        elif mine:
            most = max(mine, key=lambda g: g.get(years[0], 0))
            parts.append(f"{most['group']} made up {percent(most.get(-years[0], 0))} {sales}")
    return f"{style.capital(style.listed(parts))} ({'–'.join(map(str, years))})"


def _dumbbells(groups: Sequence[Group], years: Sequence[int], pair: Pair) -> alt.VConcatChart:
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
    """Return the figures beside a dumbbell: `42.3 bn (38 %, was 48 %)`."""
    was = f", was {ends[0]['share']}" if len(ends) == 2 else ""
    return f"{ends[-1]['value'].removesuffix(style.NBSP + 'USD')} ({ends[-1]['share']}{was})"


def _keys(ends: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Return the keys of the rows behind both ends of a dumbbell."""
    return [key for end in ends for key in end["keys"]]


def _direction_panel(
    groups: Sequence[Group], years: Sequence[int], pair: Pair, size: float, name: str, domain: list[float], is_last: bool
) -> style.Layers:
    groups = sorted(groups, key=lambda g: (g["group"] == "other", -g.get(years[-1], 0)))
    step = 25
    direction = groups[0]["direction"]
    colour = style.FIRST if direction.startswith(pair.name_a) else style.SECOND
    marks = []
    for i, group in enumerate(groups):
        for year in years:
            marks.append({
                "y": i * step + step / 2, "worth": group.get(year, 0) / size, "year": year, "group": group["group"], "direction": direction,
                "value": usd(group.get(year, 0)), "share": percent(group.get(-year, 0)), **style.stands_for(group["rows"].get(year, [])),
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
    tooltip = style.tooltip(direction="Direction", group="Product group", year="Year", value="Value", share="Share")
    bars = [{"y": e[0]["y"], "worth": e[0]["worth"], "to": e[-1]["worth"], "keys": _keys(e)} for e in ends]
    after = [{"y": e[0]["y"], "worth": max(m["worth"] for m in e), "text": _figures(e), "keys": _keys(e)} for e in ends]
    base = (
        alt.Chart(data([m for m in marks if m["year"] == years[-1]]))
        .mark_point(filled=True, size=130, opacity=1, color=colour)
        .encode(x=x, y=y, tooltip=tooltip)
    )
    earlier = alt.Chart(data([m for m in marks if m["year"] != years[-1]])).mark_point(
        fill="white", stroke=colour, strokeWidth=2, size=55, opacity=1
    )
    return alt.layer(
        alt.Chart(data(bars)).mark_rule(stroke=colour, strokeWidth=3, opacity=0.45, tooltip=None).encode(x=x, x2="to:Q", y=y),
        base, earlier.encode(x=x, y=y, tooltip=tooltip),  # the smaller ring on top, so that it shows if both years are equal
        alt.Chart(data(after)).mark_text(align="left", dx=11, fontSize=style.SMALL, tooltip=None).encode(x=x, y=y, text="text:N"),
        alt.Chart(data([{"y": e[0]["y"], "text": e[0]["group"]} for e in ends]))
        .mark_text(align="right", fontSize=style.LABEL, tooltip=None).encode(x=alt.value(-12), y=y, text="text:N"),
    ).properties(width=style.WIDTH - NAMES - FIGURES, height=height, title=alt.TitleParams(text=style.wrap(_panel_title(direction, years), 15), fontSize=15, color=colour, frame="bounds", offset=6))  # fmt: skip
