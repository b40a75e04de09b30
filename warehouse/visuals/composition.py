"""Draw what each state sells the other: the share of every product group over the years, the groups that changed most in colour."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

import duckdb

from warehouse.visuals import framing, lines, plot, style
from warehouse.visuals.lines import Line
from warehouse.visuals.pair import Pair, Row, Rows, ask, dataset_rows
from warehouse.visuals.plot import Panel, Plot
from warehouse.visuals.registry import in_unit, visual
from warehouse.visuals.style import Drawing, Size, money, percent

TURN = 2022  # the article compares what was sold before and after this year
MOVED = 2  # groups in colour in each direction: those whose share changed most


class Group(NamedTuple):
    """A product group in one direction: its rows, its share and its dollars by year."""

    exporter: str
    name: str
    rows: dict[int, list[Row]]
    share: dict[int, float]
    worth: dict[int, float]


class Measure(NamedTuple):
    """The quantity that lines show: how to get a group's values by year, how to write one, the unit's name, and a description."""

    of: Callable[[Group], dict[int, float]]
    written: Callable[[float], str]
    unit: str
    shows: str

    def at(self, group: Group, year: int) -> float:
        """Return a group's value in a year, 0 if it sold nothing."""
        return self.of(group).get(year, 0)

    def change(self, group: Group, years: Sequence[int]) -> float:
        """Return the change between the first and the last of these years, or the value if there is one year."""
        return self.at(group, years[-1]) - (self.at(group, years[0]) if len(years) > 1 else 0)


SHARE = Measure(lambda group: group.share, percent, "Share", "Share of all goods sold in that direction")
WORTH = Measure(lambda group: group.worth, money, "Dollars", "Goods sold in that direction, in current US dollars")


@visual
def trade_composition(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw one panel per direction with one line per product group, the groups whose share changed most in the exporter's colour."""
    return _drawing(con, pair, size, SHARE)


@in_unit("trade_composition", "dollars")
def in_dollars(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw the same panels in dollars, the groups whose dollars changed most in colour."""
    return _drawing(con, pair, size, WORTH)


def _drawing(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size, measure: Measure) -> Drawing:
    rows = dataset_rows(con, "trade_composition", pair, "year, exporter, hs_chapter")
    rows = [row for row in rows if row["value_usd"] is not None]
    if not rows:
        return style.nothing(f"What {pair.both} sell each other")
    years = _two_years({row["year"] for row in rows})
    groups = _groups(rows)
    bases = _bases(con, rows)
    directions = [iso3 for iso3 in (pair.iso3_a, pair.iso3_b) if any(group.exporter == iso3 for group in groups)]
    width = plot.panel_width(size, len(directions))
    panels = [_panel(con, [g for g in groups if g.exporter == iso3], years, bases, pair, size, width, measure) for iso3 in directions]
    chart, unnamed = plot.joined(size, panels)
    title = style.first_that_holds(FINDINGS, groups, years, pair, measure)
    if between := sorted({year for basis in bases for year in basis["breaks"] if years[0] < year <= years[-1]}):
        title = title._replace(text=f"{title.text} (another method from {style.listed([str(year) for year in between])})")
    notes = [f"Not compared: no figures were found for years both before and after {TURN}."]
    if len(years) == 2:
        notes = [f"In colour: the {style.number(MOVED)} groups of each direction that changed most from {years[0]} to {years[1]}."]
    return Drawing(
        title,
        chart,
        " ".join(
            f"{_sales(pair, g.exporter)}, {g.name}: {', '.join(f'{measure.written(measure.at(g, y))} in {y}' for y in years if y in g.share)}."
            for g in groups
        ),
        f"{measure.shows}{_on(bases)}",
        notes=[*notes, *unnamed, *(note for basis in bases for note in basis["notes"])],
        rows=rows,
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
    return f"{pair.whose(exporter)} sales {f'of {group} ' if group else ''}to {pair.the(pair.other(exporter))}"


def _changed(groups: Sequence[Group], years: Sequence[int], pair: Pair, measure: Measure) -> str | None:
    """Report each direction's group that changed most between the two years."""
    of = [[group for group in groups if group.exporter == exporter] for exporter in (pair.iso3_a, pair.iso3_b)]
    parts: list[str] = []
    for group in [_moved(mine, years, measure)[0] for mine in of if mine and len(years) > 1]:
        what, whole = (
            (group.name, f" of {_sales(pair, group.exporter)}") if measure is SHARE else (_sales(pair, group.exporter, group.name), "")
        )
        then, now = (measure.written(measure.at(group, years[i])) for i in (0, -1))
        parts.append(f"{what} {'' if parts else 'went '}from {then} to {now}{whole}")
    return f"{style.listed(parts)}, {'–'.join(map(str, years))}" if parts else None


def _largest(groups: Sequence[Group], years: Sequence[int], pair: Pair, measure: Measure) -> str:
    """Report each direction's largest group in the one year."""
    parts = []
    for exporter in (pair.iso3_a, pair.iso3_b):
        mine = [group for group in groups if group.exporter == exporter]
        if mine:
            most = max(mine, key=lambda group: measure.at(group, years[-1]))
            parts.append(f"{most.name} made up {measure.written(measure.at(most, years[-1]))} of {_sales(pair, exporter)}")
    return f"{style.listed(parts)} in {years[-1]}"


FINDINGS = [_changed, _largest]


# --- words ---


def _bases(con: duckdb.DuckDBPyConnection, rows: Rows) -> list[Row]:
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


def _on(bases: Rows) -> str:
    """Return the series of the figures: `; BACI, reconciled bilateral trade`."""
    return f"; {style.listed([basis['title'] or basis['basis'] for basis in bases])}" if bases else ""


# --- a direction ---


def _line(group: Group, is_moved: bool, pair: Pair, measure: Measure) -> Line:
    points = [
        {
            "year": year, "rate": measure.at(group, year),
            **style.mark(group.rows[year], f"{year}: {group.name}, {percent(share)} of {_sales(pair, group.exporter)}, {money(group.worth[year])}"),
        }
        for year, share in sorted(group.share.items())
    ]  # fmt: skip
    return Line(group.name, points, pair.fill(group.exporter) if is_moved else lines.OTHER)


def _ending(group: Group, is_moved: bool, years: Sequence[int], measure: Measure) -> str:
    """Return what is written at a line's end: its last value, and if it is in colour that of the year compared with."""
    now = measure.written(measure.at(group, max(group.share)))
    if not is_moved:
        return f"{group.name} {now}"
    then = f", {measure.written(measure.at(group, years[0]))} in {years[0]}" if len(years) > 1 else ""
    return f"{group.name}\n{now}{then}"


def _panel(
    con: duckdb.DuckDBPyConnection,
    groups: Sequence[Group],
    years: Sequence[int],
    bases: Rows,
    pair: Pair,
    size: Size,
    width: float,
    measure: Measure,
) -> Panel:
    """Draw one direction: one line per product group, with the names of the groups at their ends as far as there is room."""
    exporter, moved, room = groups[0].exporter, _moved(groups, years, measure), 126 if size.is_narrow else 180
    ordered = sorted(groups, key=lambda group: (group not in moved, -measure.at(group, max(group.share))))
    drawn = [(group, _line(group, group in moved, pair, measure)) for group in ordered]
    known = {point["year"] for _, line in drawn for point in line.points}
    values = [0, *(point["rate"] for _, line in drawn for point in line.points)]
    top, low = max(values), min(values)
    area = Plot.of_years(known, width - room, 220 if size.is_narrow else 320, low, top * 1.1 or 1)
    if len(known) > 1:
        area = area._replace(x_domain=(min(known) - 0.3, max(known) + 0.3))
    breaks = [
        framing.Event(dt.date(year, 1, 1), "Break in method", False) for year in sorted({y for basis in bases for y in basis["breaks"]})
    ]
    hinge = [event for event in framing.events(con, pair, "trade", min(known), max(known)) if event.is_hinge]
    events = [*breaks, *hinge]
    least = framing.event_room(events, size)
    frame = framing.framed(area, events, size, _sales(pair, exporter), beyond=room, least=least, at=_between_points)
    y = area.amounts("rate", after="%") if measure is SHARE else area.money("rate", [top, low])
    ends = [(_ending(group, group in moved, years, measure), line) for group, line in drawn]
    at = {"x": area.years("year", size), "y": y}
    words, unnamed = lines.names(ends, area, size, room)
    view, notes = frame.around(*lines.drawn([line for _, line in drawn], at), words)
    return view, [*notes, *lines.without_room(f"{_sales(pair, exporter)}, lines", unnamed)]


def _between_points(day: dt.date) -> float:
    """Return the x of a day on an axis of yearly points: a break of 1 January shortly before the year begins."""
    return day.year + (day.month - 1) / 12 - (0.5 if day.month > 1 else 0.6)
