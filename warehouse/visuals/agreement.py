"""Draw how often the two states vote alike in the United Nations: by session in the General Assembly, by year in the Security Council."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import duckdb

from warehouse.visuals import plot, style
from warehouse.visuals.pair import Pair, dataset_rows
from warehouse.visuals.plot import Label, Plot
from warehouse.visuals.registry import visual
from warehouse.visuals.style import Drawing, Size, colour, percent, plural
from warehouse.visuals.vegalite import View, given, layered, literal, marks

RULE = "identical"  # the rule of the title: equal votes
EVERY = "all"  # the subject of all votes of a session
VETOED, ADOPTED = "vetoed", "adopted"

Rows = Sequence[dict[str, Any]]


class Line(NamedTuple):
    """A line of a panel: its name, its rows by year, and its colour; the lines of one panel share a scale."""

    name: str
    rows: Rows
    fill: str


@visual
def assembly_agreement(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw a line a rule for all recorded votes, and for identical votes a line a subject."""
    rows = _rates(con, "assembly_agreement", pair, "year, rule, subject")
    whole = [row for row in rows if row["rule"] == RULE and row["subject"] == EVERY]
    if not whole:
        return Drawing(f"Votes of {pair.both} in the General Assembly: nothing to draw")
    by_rule = [row for row in rows if row["subject"] == EVERY]
    by_subject = [row for row in rows if row["rule"] == RULE and row["subject"] != EVERY]
    finding, title = style.first_that_holds(ASSEMBLY_FINDINGS, _full(whole), pair)
    width = plot.panel_width(size, 2 if by_subject else 1)
    panels = [_panel(con, "All recorded votes, by rule", _lines(by_rule, "rule", RULE), pair, size, width)]
    if by_subject:
        panels.append(_panel(con, "Identical votes, by subject", _lines(by_subject, "subject", ""), pair, size, width))
    return Drawing(
        title,
        plot.beside(size, *(panel for panel, _ in panels)),
        f"Lines by session, {whole[0]['year']} to {whole[-1]['year']}: {percent(whole[0]['agreement_pct'])} identical in the first, "
        f"{percent(whole[-1]['agreement_pct'])} in the last.",
        "Share of recorded votes on which both voted and did so alike, by the year in which the session opened",
        notes=[*plot.once(panels), *_reach(whole)],
        rows=[*by_rule, *by_subject],
        finding=finding,
    )


@visual
def council_agreement(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw the votes on vetoed drafts as columns, those alike below the others, and the rate on adopted resolutions as a line."""
    rows = [row for row in _rates(con, "council_agreement", pair, "year, votes_on, rule") if row["rule"] == RULE]
    vetoed, adopted = ([row for row in rows if row["votes_on"] == kind] for kind in (VETOED, ADOPTED))
    if not vetoed + adopted:
        return Drawing(f"Votes of {pair.both} in the Security Council: nothing to draw")
    finding, title = style.first_that_holds(COUNCIL_FINDINGS, vetoed, adopted, pair)
    width = plot.panel_width(size, 2 if vetoed and adopted else 1)
    panels = [_columns(con, vetoed, pair, size, width)] if vetoed else []
    if adopted:
        lines = [Line(RULE, adopted, "together")]
        panels.append(_panel(con, "Adopted resolutions, mostly unanimous: share alike", lines, pair, size, width))
    return Drawing(
        title,
        plot.beside(size, *(panel for panel, _ in panels)),
        f"{plural(sum(row['votes'] for row in vetoed), 'vote')} on vetoed drafts, {_alike(vetoed)} alike; "
        f"{sum(row['votes'] for row in adopted)} on adopted resolutions.",
        "Votes of both states that are documented, by year",
        notes=plot.once(panels),
        rows=[*vetoed, *adopted],
        finding=finding,
    )


def _rates(con: duckdb.DuckDBPyConnection, dataset: str, pair: Pair, order: str) -> Rows:
    return [row for row in dataset_rows(con, dataset, pair, order) if row["agreement_pct"] is not None]


# --- the findings ---


def _full(whole: Rows) -> Rows:
    """Return the sessions that the sources cover to the end; all if there is none."""
    return [row for row in whole if not row["is_partial"]] or whole


def _changed(full: Rows, pair: Pair) -> str | None:
    """Report the newest full session and the first, if they differ."""
    first, last = full[0], full[-1]
    then, now = percent(first["agreement_pct"]), percent(last["agreement_pct"])
    if first is last or then == now:
        return None
    change = "up" if last["agreement_pct"] > first["agreement_pct"] else "down"
    return f"{pair.both} voted alike in {now} of the General Assembly's recorded votes in {_session(last)}, {change} from {then} in {_session(first)}"


def _newest(full: Rows, pair: Pair) -> str:
    """Report the newest session."""
    return (
        f"{pair.both} voted alike in {percent(full[-1]['agreement_pct'])} of the General Assembly's recorded votes in {_session(full[-1])}"
    )


ASSEMBLY_FINDINGS = [_changed, _newest]


def _on_vetoed_drafts(vetoed: Rows, adopted: Rows, pair: Pair) -> str | None:
    """Report the votes on vetoed drafts, and beside them the rate on adopted resolutions with its bias."""
    if not vetoed:
        return None
    total, years = sum(row["votes"] for row in vetoed), style.spans(range(vetoed[0]["year"], vetoed[-1]["year"] + 1))
    also = f"; in {_rate(adopted)} on adopted resolutions, which are mostly unanimous" if adopted else ""
    return f"{pair.both} voted alike in {_alike(vetoed)} of {plural(total, 'documented vote')} on vetoed drafts, {years}{also}"


def _on_adopted_resolutions(_vetoed: Rows, adopted: Rows, pair: Pair) -> str:
    """Report the rate on adopted resolutions with its bias."""
    return f"{pair.both} voted alike in {_rate(adopted)} on adopted resolutions of the Security Council, which are mostly unanimous"


COUNCIL_FINDINGS = [_on_vetoed_drafts, _on_adopted_resolutions]


def _session(row: dict[str, Any]) -> str:
    return f"{row['year']}–{(row['year'] + 1) % 100:02}"


def _agreeing(row: dict[str, Any]) -> int:
    return round(row["votes"] * row["agreement_pct"] / 100)


def _alike(rows: Rows) -> int:
    return sum(_agreeing(row) for row in rows)


def _rate(rows: Rows) -> str:
    return percent(100 * _alike(rows) / sum(row["votes"] for row in rows))


def _reach(whole: Rows) -> list[str]:
    """Return a note on the newest session, and on those whose end the sources do not reach."""
    partial = [_session(row) for row in whole if row["is_partial"]]
    return [f"Newest session: {_session(whole[-1])}."] + ([f"Not complete: {style.listed(partial)}."] if partial else [])


# --- the lines ---


def _lines(rows: Rows, by: str, coloured: str) -> list[Line]:
    """Return a line for each value of a column; the one to colour, or the highest and the lowest over all sessions, stand out."""
    named = {name: [row for row in rows if row[by] == name] for name in sorted({row[by] for row in rows})}
    ranked = sorted(named, key=lambda name: _alike(named[name]) / sum(row["votes"] for row in named[name]))
    shades = {coloured: "together"} if coloured else {ranked[-1]: "together", ranked[0]: "together-2"}
    return [Line(name, of, shades.get(name, "other")) for name, of in named.items()]


def _points(line: Line) -> list[dict[str, Any]]:
    stands_out = line.fill != "other"
    return [
        {
            "year": row["year"], "rate": row["agreement_pct"], "line": line.name, "stroke": colour(line.fill), "width": 3 if stands_out else 1,
            "size": 30 if stands_out else 8,
            **style.mark([row], f"{row['year']}: {line.name}, {percent(row['agreement_pct'])} of {plural(row['votes'], 'vote')}"),
        }
        for row in line.rows
    ]  # fmt: skip


def _panel(
    con: duckdb.DuckDBPyConnection, title: str, lines: Sequence[Line], pair: Pair, size: Size, width: float
) -> tuple[View, list[str]]:
    """Draw lines of rates over the years, each with its name and its last rate at its end."""
    room = 112 if size.is_narrow else 150
    points = [point for line in lines for point in _points(line)]
    first, last = plot.year_span(point["year"] for point in points)
    area = Plot(width - room, 220 if size.is_narrow else 320, (first - 0.6, last + 0.6), (0, 105))
    found = plot.events(con, pair, "vote", dt.date(first, 1, 1), dt.date(last, 12, 31))
    marked = plot.marked(found, area, size, plot.year_start)
    head = plot.head(title, [], size, width, plot.event_room(found, size))
    at = {"x": area.years("year", size), "y": area.amounts("rate", after="%")}
    layers = [
        plot.broken_lines(points, "line", "rate", at | given("stroke", "strokeWidth")),
        marks("point", points, at | {"fill": literal("stroke")} | given("stroke", "size"), shape="circle", opacity=1),
        plot.written(_names(lines, area, size, room)),
    ]
    return layered([*marked.layers, *layers, *head.layers()], area.width, area.height), marked.notes


def _names(lines: Sequence[Line], area: Plot, size: Size, room: float) -> list[dict[str, Any]]:
    """Name each line at its end with its last rate, those in colour first; lines that end together share a name."""
    ends: dict[tuple[int, str], list[Line]] = {}
    for line in sorted(lines, key=lambda line: line.fill == "other"):
        ends.setdefault((line.rows[-1]["year"], percent(line.rows[-1]["agreement_pct"])), []).append(line)
    labels = []
    for (year, rate), group in ends.items():
        x, y = area.px(year), area.py(group[0].rows[-1]["agreement_pct"])
        text = "\n".join(style.wrap(f"{', '.join(line.name for line in group)} {rate}", size.small * style.BOLD, room - 10))
        spots = [(x, y + dy, "right") for dy in (0, 8, -8, 16, -16, 26, -26)] + [(x, y, side) for side in ("below", "above", "left")]
        fill = group[0].fill
        labels.append(Label(text, spots, bold=fill != "other", fill="muted" if fill == "other" else fill, far=8))
    taken = plot.dots((area.px(row["year"]), area.py(row["agreement_pct"])) for line in lines for row in line.rows)
    return plot.placed(labels, taken, (0.0, -6.0, area.width + room, area.height + 8), size)[0]


# --- the columns ---


def _columns(con: duckdb.DuckDBPyConnection, rows: Rows, pair: Pair, size: Size, width: float) -> tuple[View, list[str]]:
    """Stack the votes of each year: those alike below, the others above."""
    first, last = plot.year_span(row["year"] for row in rows)
    top = max(row["votes"] for row in rows)
    area = Plot(width, 180 if size.is_narrow else 260, (first - 0.6, last + 0.6), (0, top * 1.1))
    found = plot.events(con, pair, "vote", dt.date(first, 1, 1), dt.date(last, 12, 31))
    marked = plot.marked(found, area, size, plot.year_start)
    keys = [("Voted alike", "together"), ("Voted differently", "outlined")]
    head = plot.head("Votes on vetoed drafts", keys, size, width + size.margin, plot.event_room(found, size))
    encoding = {
        "x": area.years("left", size), "x2": {"field": "right"}, "y": area.amounts("low"), "y2": {"field": "high"}, **given("fill", "stroke"),
    }  # fmt: skip
    columns = marks("rect", [part for row in rows for part in _parts(row)], encoding, strokeWidth=1.2)
    return layered([*marked.layers, columns, *head.layers()], area.width, area.height), marked.notes


def _parts(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the two parts of a year's column that are not empty."""
    alike, total = _agreeing(row), row["votes"]
    said = style.mark([row], f"{row['year']}: {alike} of {plural(total, 'vote')} on vetoed drafts alike")
    parts = [(0, alike, colour("together"), colour("together")), (alike, total, colour("ground"), colour("muted"))]
    return [
        {"left": row["year"] - 0.4, "right": row["year"] + 0.4, "low": low, "high": high, "fill": fill, "stroke": stroke, **said}
        for low, high, fill, stroke in parts
        if high > low
    ]
