"""Draw how often the two states vote alike in the United Nations: by session in the General Assembly, by year in the Security Council."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse.visuals import plot, style
from warehouse.visuals.lines import NAME_ROOM, Line, panel, small_panels
from warehouse.visuals.pair import Pair, dataset_rows
from warehouse.visuals.plot import Plot
from warehouse.visuals.registry import visual
from warehouse.visuals.style import Drawing, Size, colour, percent, plural
from warehouse.visuals.vegalite import View, given, layered, marks

RULE = "identical"  # the rule of the title: equal votes
EVERY = "all"  # the subject of all votes of a session
VETOED, ADOPTED = "vetoed", "adopted"

Rows = Sequence[dict[str, Any]]


@visual
def assembly_agreement(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw a line a rule for all recorded votes, and for identical votes a small panel a subject."""
    rows = _rates(con, "assembly_agreement", pair, "year, rule, subject")
    whole = [row for row in rows if row["rule"] == RULE and row["subject"] == EVERY]
    if not whole:
        return Drawing(f"Votes of {pair.both} in the General Assembly: nothing to draw")
    by_rule = [row for row in rows if row["subject"] == EVERY]
    by_subject = [row for row in rows if row["rule"] == RULE and row["subject"] != EVERY]
    finding, title = style.first_that_holds(ASSEMBLY_FINDINGS, _full(whole), pair)
    width = plot.panel_width(size, 2 if by_subject else 1)
    panel, unnamed = _panel(con, "All recorded votes, by rule", _lines(by_rule, "rule"), pair, size, width)
    return Drawing(
        title,
        plot.beside(size, panel, *([_by_subject(con, by_subject, pair, size, width)] if by_subject else [])),
        f"Lines by session, {whole[0]['year']} to {whole[-1]['year']}: {percent(whole[0]['agreement_pct'])} identical in the first, "
        f"{percent(whole[-1]['agreement_pct'])} in the last.",
        "Share of recorded votes on which both voted and did so alike, by the year in which the session opened",
        notes=[*unnamed, *_reach(whole)],
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
        lines = [_line(RULE, adopted, "together")]
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


def _lines(rows: Rows, by: str) -> list[Line]:
    """Return a line for each value of a column, the highest over all sessions first; only the rule of the title stands out."""
    named = {name: [row for row in rows if row[by] == name] for name in sorted({row[by] for row in rows})}
    ranked = sorted(named, key=lambda name: -_alike(named[name]) / sum(row["votes"] for row in named[name]))
    return [_line(name, named[name], "together" if by == "subject" or name == RULE else "other") for name in ranked]


def _line(name: str, rows: Rows, fill: str) -> Line:
    points = [
        {
            "year": row["year"], "rate": row["agreement_pct"],
            **style.mark([row], f"{row['year']}: {name}, {percent(row['agreement_pct'])} of {plural(row['votes'], 'vote')}"),
        }
        for row in rows
    ]  # fmt: skip
    return Line(name, points, fill)


def _panel(
    con: duckdb.DuckDBPyConnection, title: str, lines: Sequence[Line], pair: Pair, size: Size, width: float
) -> tuple[View, list[str]]:
    years = _years(lines)
    room = 0 if size.is_narrow else NAME_ROOM * size.label
    return panel(title, lines, 105, _events(con, years, pair), size, width, room)


def _by_subject(con: duckdb.DuckDBPyConnection, rows: Rows, pair: Pair, size: Size, width: float) -> View:
    lines = _lines(rows, "subject")
    years = _years(lines)
    return small_panels("Identical votes, by subject", lines, 105, _events(con, years, pair), years, size, width)


def _years(lines: Sequence[Line]) -> tuple[int, int]:
    return plot.year_span(point["year"] for line in lines for point in line.points)


def _events(con: duckdb.DuckDBPyConnection, years: tuple[int, int], pair: Pair) -> list[plot.Event]:
    return plot.events(con, pair, "vote", dt.date(years[0], 1, 1), dt.date(years[1], 12, 31))


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
