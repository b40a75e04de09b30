"""Draw what each state sells the other: the share of every product group over the years, the groups that changed most in colour."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import duckdb

from warehouse.visuals import plot, style
from warehouse.visuals.pair import Pair, ask, dataset_rows
from warehouse.visuals.plot import Label, Plot
from warehouse.visuals.registry import visual
from warehouse.visuals.style import Drawing, Size, colour, percent, usd
from warehouse.visuals.vegalite import View, category, given, layer, layered, literal, marks

TURN = 2022  # the article compares what was sold before and after this year
MOVED = 2  # groups in colour in each direction: those whose share changed most

Rows = Sequence[dict[str, Any]]


class Group(NamedTuple):
    """A product group in one direction: its rows, its share and its dollars by year."""

    exporter: str
    name: str
    rows: dict[int, list[dict[str, Any]]]
    share: dict[int, float]
    worth: dict[int, float]

    def change(self, years: Sequence[int]) -> float:
        """Return the change of the share between the first and the last of these years, or the share if there is one year."""
        return self.share.get(years[-1], 0) - (self.share.get(years[0], 0) if len(years) > 1 else 0)


@visual
def trade_composition(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw a panel a direction with a line a product group, the groups whose share changed most in the exporter's colour."""
    rows = dataset_rows(con, "trade_composition", pair, "year, exporter, hs_chapter")
    rows = [row for row in rows if row["value_usd"] is not None]
    if not rows:
        return Drawing(f"What {pair.both} sell each other: nothing to draw")
    years = _two_years({row["year"] for row in rows})
    groups = _groups(rows)
    bases = _bases(con, rows)
    directions = [iso3 for iso3 in (pair.iso3_a, pair.iso3_b) if any(group.exporter == iso3 for group in groups)]
    width = plot.panel_width(size, len(directions))
    panels = [_panel(con, [g for g in groups if g.exporter == iso3], years, bases, pair, size, width) for iso3 in directions]
    finding, title = style.first_that_holds(FINDINGS, groups, years, pair)
    notes = [] if len(years) == 2 else [f"No year on the other side of {TURN} to compare with."]
    return Drawing(
        title,
        plot.beside(size, *(panel for panel, _ in panels)),
        " ".join(
            f"{_sales(pair, g.exporter)}, {g.name}: {', '.join(f'{percent(g.share[y])} in {y}' for y in years if y in g.share)}."
            for g in groups
        ),
        f"Share of all goods sold in that direction{_on(bases)}",
        notes=[
            *notes,
            *plot.once(panels),
            *(note for basis in bases for note in basis["notes"]),
        ],
        rows=rows,
        finding=finding,
    )


def _two_years(years: set[int]) -> list[int]:
    """Choose the last year before TURN and the newest after it; TURN itself only if there is no other year."""
    before, after = [y for y in years if y < TURN], [y for y in years if y > TURN]
    return ([max(before)] if before else []) + ([max(after)] if after else []) or sorted(years)[-1:]


def _groups(rows: Rows) -> list[Group]:
    groups: dict[tuple[str, str], Group] = {}
    for row in rows:
        group = groups.setdefault((row["exporter"], row["product_group"]), Group(row["exporter"], row["product_group"], {}, {}, {}))
        group.rows.setdefault(row["year"], []).append(row)
        group.share[row["year"]] = group.share.get(row["year"], 0) + (row["share_pct"] or 0)
        group.worth[row["year"]] = group.worth.get(row["year"], 0) + row["value_usd"]
    return list(groups.values())


def _moved(groups: Sequence[Group], years: Sequence[int]) -> list[Group]:
    """Return the groups of one direction whose share changed most, the first of all first."""
    named = [group for group in groups if group.name != "other"]
    return sorted(named or groups, key=lambda group: -abs(group.change(years)))[:MOVED]


# --- the finding ---


def _sales(pair: Pair, exporter: str) -> str:
    importer = pair.iso3_b if exporter == pair.iso3_a else pair.iso3_a
    return f"{style.whose(pair.the(exporter))} sales to {pair.the(importer)}"


def _shifted(groups: Sequence[Group], years: Sequence[int], pair: Pair) -> str | None:
    """Report each direction's group whose share changed most between the two years."""
    if len(years) < 2:
        return None
    parts: list[str] = []
    for exporter in (pair.iso3_a, pair.iso3_b):
        moved = _moved([group for group in groups if group.exporter == exporter], years)
        if moved:
            then, now = (percent(moved[0].share.get(year, 0)) for year in years)
            went = "" if parts else "went "
            parts.append(f"{moved[0].name} {went}from {then} to {now} of {_sales(pair, exporter)}")
    return f"{style.listed(parts)}, {'–'.join(map(str, years))}" if parts else None


def _largest(groups: Sequence[Group], years: Sequence[int], pair: Pair) -> str:
    """Report each direction's largest group in the one year."""
    parts = []
    for exporter in (pair.iso3_a, pair.iso3_b):
        mine = [group for group in groups if group.exporter == exporter]
        if mine:
            most = max(mine, key=lambda group: group.share.get(years[-1], 0))
            parts.append(f"{most.name} made up {percent(most.share.get(years[-1], 0))} of {_sales(pair, exporter)}")
    return f"{style.listed(parts)} in {years[-1]}"


FINDINGS = [_shifted, _largest]


# --- words ---


def _bases(con: duckdb.DuckDBPyConnection, rows: Rows) -> list[dict[str, Any]]:
    """Return the series of the rows with their notes and breaks inside their years."""
    bases = ask(
        con,
        "select distinct b.basis_source, b.basis, b.title, b.note from (select unnest(?::varchar[]) as evidence_id) "
        "join core.evidence as e using (evidence_id) "
        "join raw.trade_basis as b on b.basis_source = e.source and b.frequency = 'annual' order by b.basis",
        style.union(rows),
    )
    years = [row["year"] for row in rows]
    for basis in bases:
        breaks = ask(
            con,
            "select first_year, note from raw.trade_break where basis_source = ? and first_year > ? and first_year <= ? order by first_year",
            basis["basis_source"], min(years), max(years),
        )  # fmt: skip
        basis["breaks"] = [row["first_year"] for row in breaks]
        basis["notes"] = ([f"{basis['basis']}: {basis['note']}."] if basis["note"] else []) + [row["note"] for row in breaks]
    return bases


def _on(bases: Sequence[dict[str, Any]]) -> str:
    """Return the series of the figures: `; BACI, reconciled bilateral trade`."""
    return f"; {style.listed([basis['title'] or basis['basis'] for basis in bases])}" if bases else ""


# --- a direction ---


def _points(groups: Sequence[Group], moved: Sequence[Group], fill: str, pair: Pair) -> list[dict[str, Any]]:
    return [
        {
            "year": year, "share": share, "group": group.name, "stroke": colour(fill if group in moved else "other"),
            "width": 3 if group in moved else 1, "size": 30 if group in moved else 8,
            **style.mark(group.rows[year], f"{year}: {group.name}, {percent(share)} of {_sales(pair, group.exporter)}, {usd(group.worth[year])}"),
        }
        for group in groups
        for year, share in sorted(group.share.items())
    ]  # fmt: skip


def _panel(
    con: duckdb.DuckDBPyConnection, groups: Sequence[Group], years: Sequence[int], bases: Sequence[dict[str, Any]], pair: Pair, size: Size, width: float
) -> tuple[View, list[str]]:  # fmt: skip
    """Draw one direction: a line a product group, with the names of the groups at their ends as far as there is room."""
    exporter, moved = groups[0].exporter, _moved(groups, years)
    fill, room = "first" if exporter == pair.iso3_a else "second", 118 if size.is_narrow else 180
    points = _points(groups, moved, fill, pair)
    first, last = plot.year_span(point["year"] for point in points)
    top, low = max([0, *(point["share"] for point in points)]), min([0, *(point["share"] for point in points)])
    known = [point["year"] for point in points]
    ends = (min(known) - 0.3, max(known) + 0.3) if len(set(known)) > 1 else (first - 0.6, last + 0.6)
    area = Plot(width - room, 220 if size.is_narrow else 320, ends, (low, top * 1.1 or 1))
    breaks = [plot.Event(dt.date(year, 1, 1), "Break in method", False) for year in sorted({y for basis in bases for y in basis["breaks"]})]
    hinge = [event for event in plot.events(con, pair, "trade", dt.date(first, 1, 1), dt.date(last, 12, 31)) if event.is_hinge]
    marked = plot.marked([*breaks, *hinge], area, size, lambda day: day.year + (day.month - 1) / 12 - (0.5 if day.month > 1 else 0.6))
    head = plot.head(_sales(pair, exporter), [], size, width, plot.event_room([*hinge, *breaks], size))
    x, y = area.years("year", size), area.amounts("share", after="%")
    at = {"x": x, "y": y}
    layers = [
        layer("line", points, at | {"detail": category("group")} | given("stroke", "strokeWidth"), aria=False),
        marks("point", points, at | {"fill": literal("stroke")} | given("stroke", "size"), shape="circle", opacity=1),
        plot.written(_names(groups, moved, years, fill, area, size, room)),
    ]
    panel = layered([*marked.layers, *layers, *head.layers()], area.width, area.height)
    return panel, marked.notes


def _names(
    groups: Sequence[Group], moved: Sequence[Group], years: Sequence[int], fill: str, area: Plot, size: Size, room: float
) -> list[dict[str, Any]]:
    """Name each group at its line's end with its last share; the groups in colour also give the share of the year compared with."""
    labels = []
    for group in sorted(groups, key=lambda g: (g not in moved, -g.share[max(g.share)])):
        last = max(group.share)
        at = area.px(last), area.py(group.share[last])
        spots = [(at[0], at[1] + dy, "right") for dy in (0, 8, -8, 16, -16)]
        now = percent(group.share[last])
        lines = style.wrap(group.name, size.small * style.BOLD, room - 10)
        text = f"{group.name} {now}"
        if group in moved:
            text = "\n".join([*lines, f"{now}, {percent(group.share.get(years[0], 0))} in {years[0]}" if len(years) > 1 else now])
        labels.append(Label(text, spots, bold=group in moved, fill=fill if group in moved else "muted", far=8))
    taken = plot.dots((area.px(year), area.py(share)) for group in groups for year, share in group.share.items())
    return plot.placed(labels, taken, (0.0, -6.0, area.width + room, area.height + 8), size)[0]
