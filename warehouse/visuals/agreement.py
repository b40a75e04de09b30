"""Draw how often the two states vote alike in the United Nations: by session in the General Assembly, by year in the Security Council."""

from collections.abc import Sequence

import duckdb

from schemas.words import plural
from warehouse.visuals import framing, plot, style
from warehouse.visuals.lines import NAME_ROOM, Line, panel, small_panels, years
from warehouse.visuals.pair import Pair, Row, Rows, ask, dataset_rows
from warehouse.visuals.plot import Panel, Plot
from warehouse.visuals.registry import visual
from warehouse.visuals.style import Drawing, Size, colour, percent

RULE = "identical"  # the rule of the title: equal votes
FEW = 10  # votes; a note says how many a session has if it has fewer
EVERY = "all"  # the subject of all votes of a session
TOP = 105  # per cent at the top of an axis
MOST_YEARS = 12  # listed in a note
VETOED, ADOPTED = "vetoed", "adopted"


@visual
def assembly_agreement(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw one line per rule for all recorded votes, and one small panel per subject for identical votes."""
    rows = _rates(con, "assembly_agreement", pair, "year, rule, subject")
    whole = [row for row in rows if row["rule"] == RULE and row["subject"] == EVERY]
    if not whole:
        return style.nothing(f"Votes of {pair.both} in the General Assembly")
    by_rule = [row for row in rows if row["subject"] == EVERY]
    by_subject = [row for row in rows if row["rule"] == RULE and row["subject"] != EVERY]
    title = style.first_that_holds([_newest], _full(whole), by_rule, pair)
    width = plot.panel_width(size, 2 if by_subject else 1)
    rules = _lines(by_rule, "rule")
    panels = [_panel(con, "All recorded votes, by rule", rules, pair, size, width)]
    if by_subject:
        subjects = _lines(by_subject, "subject")
        events = framing.events(con, pair, "vote", *years(rules))
        last = _full(by_subject)[-1]
        note = f"Beside the name of a subject: its share of {_session(last)}."
        panels.append((small_panels("Identical votes, by subject", subjects, TOP, events, size, width, last["year"]), [note]))
    chart, unnamed = plot.joined(size, panels)
    return Drawing(
        title,
        chart,
        f"Lines by session, {whole[0]['year']} to {whole[-1]['year']}: {percent(whole[0]['agreement_pct'])} identical in the first, "
        f"{percent(whole[-1]['agreement_pct'])} in the last.",
        "Share of recorded votes on which both voted and did so alike, by the year in which the session opened",
        notes=[*unnamed, *_reach(whole, by_rule, by_subject)],
        rows=[*by_rule, *by_subject],
    )


@visual
def council_agreement(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw the votes on vetoed drafts as columns, those alike below the others, and the rate on adopted resolutions as a line."""
    rows = [row for row in _rates(con, "council_agreement", pair, "year, votes_on, rule") if row["rule"] == RULE]
    vetoed, adopted = ([row for row in rows if row["votes_on"] == kind] for kind in (VETOED, ADOPTED))
    if not vetoed + adopted:
        return style.nothing(f"Votes of {pair.both} in the Security Council")
    title = style.first_that_holds(COUNCIL_FINDINGS, vetoed, adopted, pair)
    width = plot.panel_width(size, 2 if vetoed and adopted else 1)
    panels = [_columns(con, vetoed, pair, size, width)] if vetoed else []
    if adopted:
        lines = [_line(RULE, adopted, "together")]
        panels.append(_panel(con, "Adopted resolutions, mostly unanimous: share alike", lines, pair, size, width))
    chart, unnamed = plot.joined(size, panels)
    return Drawing(
        title,
        chart,
        f"{plural(sum(row['votes'] for row in vetoed), 'vote')} on vetoed drafts, {_alike(vetoed)} alike; "
        f"{sum(row['votes'] for row in adopted)} on adopted resolutions.",
        "Vetoed drafts, whoever vetoed, on which every member's vote is documented, by year",
        notes=[*unnamed, *_left_out(con, pair)],
        rows=[*vetoed, *adopted],
    )


def _left_out(con: duckdb.DuckDBPyConnection, pair: Pair) -> list[str]:
    """Return a note on the vetoed drafts that the columns lack, by year, while both are members of the United Nations."""
    years = ask(
        con,
        "select year(v.vote_date) as year, count(*) as n, bool_and(a.is_permanent and b.is_permanent) as is_sure from core.veto as v "
        "join views.un_member as a on a.iso3 = ? and v.vote_date between a.since and coalesce(a.until, v.vote_date) "
        "join views.un_member as b on b.iso3 = ? and v.vote_date between b.since and coalesce(b.until, v.vote_date) "
        "where not v.has_roll_call group by all order by year",
        pair.iso3_a, pair.iso3_b,
    )  # fmt: skip
    total = f"{plural(sum(row['n'] for row in years), 'draft')} of {len(years)} years"
    missing = style.listed([f"{row['n']} in {row['year']}" for row in years]) if len(years) <= MOST_YEARS else total
    perhaps = "" if all(row["is_sure"] for row in years) else ", as far as both were in the Council"
    return [f"Left out, since a member's vote is not documented: {missing}{perhaps}."] if years else []


def _rates(con: duckdb.DuckDBPyConnection, dataset: str, pair: Pair, order: str) -> Rows:
    return [row for row in dataset_rows(con, dataset, pair, order) if row["agreement_pct"] is not None]


# --- the findings ---


def _full(whole: Rows) -> Rows:
    """Return the sessions that the sources cover to the end; all if there is none."""
    return [row for row in whole if not row["is_partial"]] or whole


def _newest(full: Rows, by_rule: Rows, pair: Pair) -> str:
    """Report the newest full session, the first if it differs, and the newest with a published rate alone."""
    (now, last), (then, first) = ((percent(row["agreement_pct"]), row) for row in (full[-1], full[0]))
    change = style.change(first["agreement_pct"], last["agreement_pct"]) if then != now else ""
    since = f", {change} from {then} in {_session(first)}" if change else ""
    later = [row for row in by_rule if row["rule"] == "published" and row["year"] > last["year"]]
    also = f"; in {percent(later[-1]['agreement_pct'])} on whole resolutions in {_session(later[-1])}" if later else ""
    return f"{pair.both} voted alike in {now} of the General Assembly's recorded votes in {_session(last)}{since}{also}"


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


def _session(row: Row) -> str:
    return f"{row['year']}–{(row['year'] + 1) % 100:02}"


def _agreeing(row: Row) -> int:
    return round(row["votes"] * row["agreement_pct"] / 100)


def _alike(rows: Rows) -> int:
    return sum(_agreeing(row) for row in rows)


def _rate(rows: Rows) -> str:
    return percent(100 * _alike(rows) / sum(row["votes"] for row in rows))


def _reach(whole: Rows, by_rule: Rows, by_subject: Rows) -> list[str]:
    """Return notes on the newest session with single votes, those with few, not covered to the end, or without subjects."""
    partial = sorted({_session(row) for row in by_rule if row["is_partial"]})
    bare = [_session(row) for row in whole if row["year"] not in {r["year"] for r in by_subject}] if by_subject else []
    few = [f"{_session(row)} ({row['votes']})" for row in whole if row["votes"] < FEW]
    return [
        f"Newest session with single votes: {_session(whole[-1])}.",
        *([f"Fewer than {style.number(FEW)} votes: {style.listed(few)}."] if few else []),
        *([f"Not complete: {style.listed(partial)}."] if partial else []),
        *([f"Without subjects in the source: {style.listed(bare)}."] if bare else []),
    ]


# --- the lines ---


def _lines(rows: Rows, by: str) -> list[Line]:
    """Return a line for each value of a column, the highest over all sessions first; only the rule of the title stands out."""
    named = {name: [row for row in rows if row[by] == name] for name in sorted({row[by] for row in rows})}
    counted = {name: [row for row in of if row["votes"]] for name, of in named.items()}
    ranked = sorted(named, key=lambda name: -_alike(counted[name]) / (sum(row["votes"] for row in counted[name]) or 1))
    return [_line(name, named[name], "together" if by == "subject" or name == RULE else "other") for name in ranked]


def _line(name: str, rows: Rows, fill: str) -> Line:
    points = [
        {
            "year": row["year"], "rate": row["agreement_pct"],
            **style.mark([row], f"{row['year']}: {name}, {percent(row['agreement_pct'])}{_of_votes(row)}"),
        }
        for row in rows
    ]  # fmt: skip
    return Line(name, points, fill)


def _of_votes(row: Row) -> str:
    return f" of {plural(row['votes'], 'vote')}" if row["votes"] is not None else ", as published"


def _panel(con: duckdb.DuckDBPyConnection, title: str, lines: Sequence[Line], pair: Pair, size: Size, width: float) -> Panel:
    least = 0 if size.is_narrow else NAME_ROOM * size.label
    return panel(title, lines, TOP, framing.events(con, pair, "vote", *years(lines)), size, width, least)


# --- the columns ---


def _columns(con: duckdb.DuckDBPyConnection, rows: Rows, pair: Pair, size: Size, width: float) -> Panel:
    """Stack the votes of each year: those alike below, the others above."""
    top = max(row["votes"] for row in rows)
    area = Plot.of_years((row["year"] for row in rows), width, 180 if size.is_narrow else 260, 0, top * 1.1)
    keys = [("Voted alike", "together"), ("Voted differently", "outlined")]
    events = framing.events(con, pair, "vote", *area.span)
    frame = framing.framed(area, events, size, "Votes on vetoed drafts", keys, least=framing.event_room(events, size))
    parts = plot.stacked(part for row in rows for part in _parts(row))
    return frame.around(plot.columns(parts, area, size, area.amounts("low"), strokeWidth=1.2))


def _parts(row: Row) -> list[Row]:
    """Return the two parts of a year's column that are not empty."""
    alike, total = _agreeing(row), row["votes"]
    link = style.mark([row], f"{row['year']}: {alike} of {plural(total, 'vote')} on vetoed drafts alike")
    parts = [(alike, "together", "together"), (total - alike, "ground", "muted")]
    return [
        {"year": row["year"], "tall": tall, "fill": colour(fill), "stroke": colour(stroke), "opacity": 1, **link}
        for tall, fill, stroke in parts
        if tall
    ]
