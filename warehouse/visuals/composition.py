"""Draw what each state sells the other: the share of every product group over the years, the groups that changed most in colour."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import duckdb

from warehouse.visuals import plot, style
from warehouse.visuals.pair import Pair, ask, dataset_rows
from warehouse.visuals.plot import Label, Plot
from warehouse.visuals.registry import in_unit, visual
from warehouse.visuals.style import Drawing, Size, colour, money, percent
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


def _dollar_axis(values: Iterable[float]) -> tuple[float, str, str]:
    """Return an axis in dollars, millions or billions."""
    unit, suffix = style.axis_unit(values)
    return unit, "$", suffix


class Measure(NamedTuple):
    """Measure the height of a line: the values of a group by year, how one is written, their axis, and what the chart shows.

    `axis` returns for values the unit of the axis, and the text before and after its highest figure.
    """

    of: Callable[[Group], dict[int, float]]
    written: Callable[[float], str]
    axis: Callable[[Iterable[float]], tuple[float, str, str]]
    unit: str
    shows: str

    def at(self, group: Group, year: int) -> float:
        """Return a group's value in a year, 0 if it sold nothing."""
        return self.of(group).get(year, 0)

    def change(self, group: Group, years: Sequence[int]) -> float:
        """Return the change between the first and the last of these years, or the value if there is one year."""
        return self.at(group, years[-1]) - (self.at(group, years[0]) if len(years) > 1 else 0)


SHARE = Measure(lambda group: group.share, percent, lambda _: (1, "", "%"), "Share", "Share of all goods sold in that direction")
WORTH = Measure(lambda group: group.worth, money, _dollar_axis, "Dollars", "Goods sold in that direction, in current US dollars")


@visual
def trade_composition(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw a panel a direction with a line a product group, the groups whose share changed most in the exporter's colour."""
    return _drawing(con, pair, size, SHARE)


@in_unit("trade_composition", "dollars")
def in_dollars(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw the same panels in dollars, the groups whose dollars changed most in colour."""
    return _drawing(con, pair, size, WORTH)


def _drawing(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size, measure: Measure) -> Drawing:
    rows = dataset_rows(con, "trade_composition", pair, "year, exporter, hs_chapter")
    rows = [row for row in rows if row["value_usd"] is not None]
    if not rows:
        return Drawing(f"What {pair.both} sell each other: nothing to draw")
    years = _two_years({row["year"] for row in rows})
    groups = _groups(rows)
    bases = _bases(con, rows)
    directions = [iso3 for iso3 in (pair.iso3_a, pair.iso3_b) if any(group.exporter == iso3 for group in groups)]
    width = plot.panel_width(size, len(directions))
    panels = [_panel(con, [g for g in groups if g.exporter == iso3], years, bases, pair, size, width, measure) for iso3 in directions]
    finding, title = style.first_that_holds(FINDINGS if measure is SHARE else IN_DOLLARS, groups, years, pair, measure)
    notes = [] if len(years) == 2 else [f"No year on the other side of {TURN} to compare with."]
    return Drawing(
        title,
        plot.beside(size, *(panel for panel, _ in panels)),
        " ".join(
            f"{_sales(pair, g.exporter)}, {g.name}: {', '.join(f'{measure.written(measure.at(g, y))} in {y}' for y in years if y in g.share)}."
            for g in groups
        ),
        f"{measure.shows}{_on(bases)}",
        notes=[
            *notes,
            *plot.once(panels),
            *(note for basis in bases for note in basis["notes"]),
        ],
        rows=rows,
        finding=finding,
        unit=measure.unit,
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


def _moved(groups: Sequence[Group], years: Sequence[int], measure: Measure) -> list[Group]:
    """Return the groups of one direction that changed most, the first of all first."""
    named = [group for group in groups if group.name != "other"]
    return sorted(named or groups, key=lambda group: -abs(measure.change(group, years)))[:MOVED]


# --- the finding ---


def _sales(pair: Pair, exporter: str, group: str = "") -> str:
    importer = pair.iso3_b if exporter == pair.iso3_a else pair.iso3_a
    return f"{style.whose(pair.the(exporter))} sales {f'of {group} ' if group else ''}to {pair.the(importer)}"


def _change(
    groups: Sequence[Group], years: Sequence[int], pair: Pair, measure: Measure, words: Callable[[Group], tuple[str, str]]
) -> str | None:
    """Report each direction's group that changed most between the two years; `words` gives what stands before and after both values."""
    of = [[group for group in groups if group.exporter == exporter] for exporter in (pair.iso3_a, pair.iso3_b)]
    most = [_moved(mine, years, measure)[0] for mine in of if mine and len(years) > 1]
    parts: list[str] = []
    for group in most:
        before, after = words(group)
        then, now = (measure.written(measure.at(group, years[i])) for i in (0, -1))
        parts.append(f"{before} {'' if parts else 'went '}from {then} to {now}{after}")
    return f"{style.listed(parts)}, {'–'.join(map(str, years))}" if parts else None


def _shifted(groups: Sequence[Group], years: Sequence[int], pair: Pair, measure: Measure) -> str | None:
    """Report each direction's group whose share changed most between the two years."""
    return _change(groups, years, pair, measure, lambda group: (group.name, f" of {_sales(pair, group.exporter)}"))


def _sold(groups: Sequence[Group], years: Sequence[int], pair: Pair, measure: Measure) -> str | None:
    """Report each direction's group whose dollars changed most between the two years."""
    return _change(groups, years, pair, measure, lambda group: (_sales(pair, group.exporter, group.name), ""))


def _largest(groups: Sequence[Group], years: Sequence[int], pair: Pair, measure: Measure) -> str:
    """Report each direction's largest group in the one year."""
    parts = []
    for exporter in (pair.iso3_a, pair.iso3_b):
        mine = [group for group in groups if group.exporter == exporter]
        if mine:
            most = max(mine, key=lambda group: measure.at(group, years[-1]))
            parts.append(f"{most.name} made up {measure.written(measure.at(most, years[-1]))} of {_sales(pair, exporter)}")
    return f"{style.listed(parts)} in {years[-1]}"


FINDINGS = [_shifted, _largest]
IN_DOLLARS = [_sold, _largest]


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


def _points(groups: Sequence[Group], moved: Sequence[Group], fill: str, pair: Pair, measure: Measure) -> list[dict[str, Any]]:
    return [
        {
            "year": year, "value": measure.at(group, year), "group": group.name, "stroke": colour(fill if group in moved else "other"),
            "width": 3 if group in moved else 1, "size": 30 if group in moved else 8,
            **style.mark(group.rows[year], f"{year}: {group.name}, {percent(share)} of {_sales(pair, group.exporter)}, {money(group.worth[year])}"),
        }
        for group in groups
        for year, share in sorted(group.share.items())
    ]  # fmt: skip


def _panel(
    con: duckdb.DuckDBPyConnection, groups: Sequence[Group], years: Sequence[int], bases: Sequence[dict[str, Any]], pair: Pair, size: Size, width: float,
    measure: Measure,
) -> tuple[View, list[str]]:  # fmt: skip
    """Draw one direction: a line a product group, with the names of the groups at their ends as far as there is room."""
    exporter, moved = groups[0].exporter, _moved(groups, years, measure)
    fill, room = "first" if exporter == pair.iso3_a else "second", 126 if size.is_narrow else 180
    points = _points(groups, moved, fill, pair, measure)
    first, last = plot.year_span(point["year"] for point in points)
    top, low = max([0, *(point["value"] for point in points)]), min([0, *(point["value"] for point in points)])
    known = [point["year"] for point in points]
    ends = (min(known) - 0.3, max(known) + 0.3) if len(set(known)) > 1 else (first - 0.6, last + 0.6)
    area = Plot(width - room, 220 if size.is_narrow else 320, ends, (low, top * 1.1 or 1))
    breaks = [plot.Event(dt.date(year, 1, 1), "Break in method", False) for year in sorted({y for basis in bases for y in basis["breaks"]})]
    hinge = [event for event in plot.events(con, pair, "trade", dt.date(first, 1, 1), dt.date(last, 12, 31)) if event.is_hinge]
    marked = plot.marked([*breaks, *hinge], area, size, lambda day: day.year + (day.month - 1) / 12 - (0.5 if day.month > 1 else 0.6))
    head = plot.head(_sales(pair, exporter), [], size, width, plot.event_room([*hinge, *breaks], size))
    per, before, after = measure.axis([top, low])
    at = {"x": area.years("year", size), "y": area.amounts("value", before, after, per)}
    layers = [
        layer("line", points, at | {"detail": category("group")} | given("stroke", "strokeWidth"), aria=False),
        marks("point", points, at | {"fill": literal("stroke")} | given("stroke", "size"), shape="circle", opacity=1),
        plot.written(_names(groups, moved, years, fill, area, size, room, measure)),
    ]
    panel = layered([*marked.layers, *layers, *head.layers()], area.width, area.height)
    return panel, marked.notes


def _names(
    groups: Sequence[Group], moved: Sequence[Group], years: Sequence[int], fill: str, area: Plot, size: Size, room: float, measure: Measure
) -> list[dict[str, Any]]:
    """Name each group at its line's end with its last value; the groups in colour also give that of the year compared with."""
    labels = []
    for group in sorted(groups, key=lambda g: (g not in moved, -measure.at(g, max(g.share)))):
        last = max(group.share)
        y = area.py(measure.at(group, last))
        spots = [(area.px(last) if last < max(years) else area.width, y + dy, "right") for dy in (0, -8, 8, -16, 16, -24)]
        now = measure.written(measure.at(group, last))
        text = f"{group.name} {now}"
        if group in moved:
            also = f", {measure.written(measure.at(group, years[0]))} in {years[0]}" if len(years) > 1 else ""
            text = "\n".join(line for part in (group.name, now + also) for line in style.wrap(part, size.small * style.BOLD, room - 10))
        labels.append(Label(text, spots, bold=group in moved, fill=fill if group in moved else "muted"))
    taken = plot.dots((area.px(year), area.py(value)) for group in groups for year, value in measure.of(group).items())
    return plot.placed(labels, taken, (0.0, -6.0, area.width + room, area.height - 2), size).rows
