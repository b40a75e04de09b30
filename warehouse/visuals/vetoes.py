"""Draw vetoes in the Security Council: one block per vote, by subject and year, with the other state's vote on the block."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import duckdb

from schemas.words import plural
from warehouse.visuals import framing, plot, style
from warehouse.visuals.labels import Label, Placed, flagged
from warehouse.visuals.pair import Pair, Row, Rows, ask, dataset_rows
from warehouse.visuals.plot import Panel, Plot
from warehouse.visuals.registry import visual
from warehouse.visuals.style import Drawing, Size, colour
from warehouse.visuals.vegalite import View, given, layer, marks

OTHER = "Other subjects"
SUBJECTS = 8  # at most this many subjects have a row of their own
QUIET = 5  # years without a veto after which the title reports their absence
FLAGS = 9  # lines for the names of other subjects at most
ABSTAINED, IN_FAVOUR, NO_SEAT, UNKNOWN = "abstained", "in favour", "not in the Council", "not documented"
VOTES = {"abstain": ABSTAINED, "yes": IN_FAVOUR, "no": "against", "no seat": NO_SEAT, "not documented": UNKNOWN}
FILLS = {"joint": "together", "second only": "second", "first only": "first"}


class Facts(NamedTuple):
    """The facts that findings read: all rows, documented ones, joint ones, covered years, and who holds a permanent seat."""

    every: Rows
    rows: Rows
    joint: Rows
    covered: tuple[int, int]
    seated: set[str]
    pair: Pair


@visual
def security_council_vetoes(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw one row per subject with one block per vetoed vote: its colour shows who vetoed, its form how the other voted."""
    rows = dataset_rows(con, "security_council_vetoes", pair, "vote_date, draft_symbol")
    if not rows:
        return style.nothing(f"Vetoes of {pair.both}")
    rows = [row | {"subject": re.split(r":| \(", row["topic"])[0], "other": _other_vote(row)} for row in rows]
    covered = _covered(con, pair)
    seats = {row["iso3"] for row in ask(con, "select distinct iso3 from raw.unsc_seat")}
    known = list(filter(style.is_documented, rows))
    joint = [row for row in known if row["veto_type"] == "joint"]
    title = style.first_that_holds(FINDINGS, Facts(rows, known, joint, (covered[0].year, covered[1].year), seats, pair))
    own = size._replace(margin=16 if size.is_narrow else 178)
    chart, unnamed = _chart(con, rows, covered, pair, own)
    return Drawing(
        title,
        chart,
        _in_words(rows, covered, pair),
        f"Vetoed votes by subject and year, {covered[0].year}–{covered[1].year}; each block is one",
        "a vote counts once, however many permanent members vetoed it; a state that took over a seat counts from the day it did",
        notes=[*_notes(rows, covered), *unnamed],
        rows=rows,
        left=own.margin,
    )


def _other_vote(row: Row) -> str | None:
    """Return how the state that did not veto voted, or None if both vetoed."""
    return {"joint": None, "second only": VOTES[row["vote_a"]], "first only": VOTES[row["vote_b"]]}[row["veto_type"]]


def _covered(con: duckdb.DuckDBPyConnection, pair: Pair) -> tuple[dt.date, dt.date]:
    """Return the first and last day on which votes of both are covered: by their source, while both exist and hold their seats."""
    (span,) = ask(
        con,
        "select greatest(min(s.coverage_first), any_value(d.valid_from), "
        "(select max(valid_from) from raw.unsc_seat where iso3 in (?, ?))) as first, least(?, any_value(d.valid_to)) as last "
        "from (select distinct unnest(evidence) as evidence_id from charts.security_council_vetoes where dyad = ?) "
        "join core.evidence as e using (evidence_id) join catalog.source as s using (source) join core.dyad as d on d.dyad = ?",
        pair.iso3_a, pair.iso3_b, pair.as_of, pair.dyad, pair.dyad,
    )  # fmt: skip
    return span["first"], span["last"]


# --- the finding ---


def _quiet_for_years(facts: Facts) -> str | None:
    """Report the last veto if it is long ago."""
    newest = max(row["year"] for row in facts.every)
    if facts.covered[1] - newest <= QUIET:
        return None
    if without := _without_veto(facts):
        return f"{facts.pair.the(facts.pair.other(without))} has vetoed nothing since {newest}; {facts.pair.the(without)} has no veto"
    shared = f"; of the {plural(len(facts.rows), 'vote')} that they vetoed, {style.number(len(facts.joint))} jointly" if facts.joint else ""
    return f"{facts.pair.both} have vetoed nothing since {newest}{shared}"


def _one_subject_together(facts: Facts) -> str | None:
    """Report the subject of at least a third of five joint vetoes, and one with three vetoes of which none was joint."""
    subject, count = max(Counter(row["subject"] for row in facts.joint).items(), key=lambda item: item[::-1], default=("", 0))
    if len(facts.joint) < 5 or count * 3 < len(facts.joint):
        return None
    together = {row["subject"] for row in facts.every if row["veto_type"] == "joint"}
    apart = Counter(row["subject"] for row in facts.rows if row["subject"] not in together).most_common(1)
    none = f", none on {apart[0][0]}" if apart and apart[0][1] >= 3 else ""
    return f"{style.number(count)} of {len(facts.joint)} joint vetoes by {facts.pair.both} were on {subject}{none}"


def _together(facts: Facts) -> str | None:
    """Report the number of joint vetoes."""
    if not facts.joint:
        return None
    return f"{facts.pair.both} have vetoed together {style.times(len(facts.joint))} since {facts.covered[0]}"


def _other_has_no_veto(facts: Facts) -> str | None:
    """Report how a state without a permanent seat voted on what the other vetoed."""
    without = _without_veto(facts)
    if not without:
        return None
    votes = Counter(row["other"] for row in facts.rows)
    ways = ((IN_FAVOUR, "voted in favour of"), (ABSTAINED, "abstained on"), ("against", "voted against"))
    how = [f"{words} {style.number(votes[vote])}" for vote, words in ways if votes[vote]]
    least = "at least " if votes[UNKNOWN] else ""
    member = f"in the Council for {least}{style.number(sum(votes[vote] for vote, _ in ways))} of them"
    clause = f"; {facts.pair.the(without)}, {member}, {style.listed(how)}" if how else ""
    return f"{facts.pair.the(facts.pair.other(without))} has vetoed {len(facts.rows)} votes since {facts.covered[0]}{clause}"


def _without_veto(facts: Facts) -> str | None:
    """Return the code of the state without a permanent seat, if only one has none."""
    without = [iso3 for iso3 in (facts.pair.iso3_a, facts.pair.iso3_b) if iso3 not in facts.seated]
    return without[0] if len(without) == 1 else None


def _never_together(facts: Facts) -> str:
    """Report the vetoes of each if none is joint beyond doubt."""
    count = Counter(row["veto_type"] for row in facts.rows)
    apart = [f"{name} {style.times(count[kind])}" for kind, name in _who(facts.rows, facts.pair).items() if kind != "joint"]
    doubtful = " beyond doubt" if any(row["veto_type"] == "joint" for row in facts.every) else ""
    counts = f": {style.listed(apart)}" if apart else ""
    return f"{facts.pair.both} have never vetoed together{doubtful} since {facts.covered[0]}{counts}"


FINDINGS = [_quiet_for_years, _one_subject_together, _together, _other_has_no_veto, _never_together]


# --- words ---


def _who(rows: Rows, pair: Pair) -> dict[str, str]:
    """Return a name for each veto type; a state joined by other permanent members vetoed without the other, but not alone."""
    names = {"joint": "both"}
    for kind, name, other in (("second only", pair.the_b, pair.the_a), ("first only", pair.the_a, pair.the_b)):
        joined = any(len(row["vetoed_by"]) > 1 for row in rows if row["veto_type"] == kind)
        names[kind] = f"{name} without {other}" if joined else f"{name} alone"
    return {kind: name for kind, name in names.items() if any(row["veto_type"] == kind for row in rows)}


def _forms(rows: Rows, pair: Pair) -> list[tuple[str, str | None, str]]:
    """Return the forms of blocks, most frequent first within who vetoed: veto type, the other's vote, their name with the documented count."""
    names = _who(rows, pair)
    counts = {(row["veto_type"], row["other"]): 0 for row in rows}
    for row in rows:
        counts[row["veto_type"], row["other"]] += style.is_documented(row)
    found: list[tuple[str, str | None, str]] = []
    for kind, name in names.items():
        other = pair.the_a if kind == "second only" else pair.the_b
        for (_, vote), count in sorted(((k, n) for k, n in counts.items() if k[0] == kind), key=lambda item: -item[1]):
            how = f"{style.whose(other)} vote {vote}" if vote == UNKNOWN else f"{other} {vote}"
            found.append((kind, vote, f"{style.capital(name)} ({count})" if vote is None else f"{style.capital(name)}, {how} ({count})"))
    return found


def _notes(rows: Rows, covered: tuple[dt.date, dt.date]) -> list[str]:
    parts = [row["draft_symbol"] for row in rows if row["is_amendment"]]
    doubtful = [row["draft_symbol"] for row in rows if not style.is_documented(row)]
    notes = [f"{covered[1].year} is not over."] if (covered[1].month, covered[1].day) != (12, 31) else []
    notes += [f"On an amendment or a part of a draft: {style.listed(parts)}."] if parts else []
    return notes + ([f"Pale, and not counted: {style.listed(doubtful)}, not documented beyond doubt."] if doubtful else [])


def _in_words(rows: Rows, covered: tuple[dt.date, dt.date], pair: Pair) -> str:
    forms = "; ".join(name for _, _, name in _forms(rows, pair))
    subjects = style.listed([f"{name} {sum(map(style.is_documented, of))}" for name, of in _subjects(rows).items()])
    return f"Blocks for {covered[0].year} to {covered[1].year}. {forms}. By subject: {subjects}."


def _label(row: Row, pair: Pair) -> str:
    what = "amendment or part of a draft" if row["is_amendment"] else "draft"
    kind, vote = row["veto_type"], row["other"]
    who, other = (pair.the_b, pair.the_a) if kind == "second only" else (pair.the_a, pair.the_b)
    how = f"{other} {vote}" if vote != UNKNOWN else f"vote of {other} not documented"
    by = f"vetoed by {pair.both}" if vote is None else f"vetoed by {who}; {how}"
    return f"{style.day(row['vote_date'])}: {row['topic']}, {what} {row['draft_symbol']}, {by}"


def _subjects(rows: Rows) -> dict[str, list[Row]]:
    """Return the rows by subject, most frequent first; subjects of a single vote are last, together."""
    of = defaultdict[str, list[Row]](list)
    for row in rows:
        of[row["subject"]].append(row)
    order = sorted(of, key=lambda name: (-len(of[name]), -of[name][-1]["year"], name))
    single = [name for name in order if len(of[name]) > 1][:SUBJECTS]
    rest = [row for row in rows if row["subject"] not in single]
    return {name: of[name] for name in single} | ({OTHER: rest} if rest else {})


# --- the blocks ---


class Line(NamedTuple):
    """A subject's place: its rows, the px of its top and of the ground that its blocks are stacked on."""

    name: str
    rows: Rows
    top: float
    ground: float


def _layout(rows: Rows, size: Size, step: float, named: float) -> list[Line]:
    """Place the subjects below each other; the blocks of other subjects and their names are `named` px high."""
    found: list[Line] = []
    top = 0.0
    for name, of in _subjects(rows).items():
        stack = named if name == OTHER else max(Counter(row["year"] for row in of).values()) * step
        height = stack + (size.label * 1.6 if size.is_narrow else 6)
        found.append(Line(name, of, top, top + max(height, 0 if size.is_narrow else 38)))
        top = found[-1].ground + 9
    return found


def _chart(con: duckdb.DuckDBPyConnection, rows: Rows, covered: tuple[dt.date, dt.date], pair: Pair, size: Size) -> Panel:
    step = 15.0 if size.is_narrow else 20.0
    area = Plot.of_years((day.year for day in covered), size.plot, 0, 0, 0)
    names, named, unnamed = _flags(_subjects(rows).get(OTHER, []), step, area, size)
    lines = _layout(rows, size, step, named)
    ground = lines[-1].ground
    area = area._replace(height=ground + 6, y_domain=(ground + 6, 0))
    forms = _forms(rows, pair)
    keys = [(name, FILLS[kind]) for kind, _, name in forms]
    events = framing.events(con, pair, "vote", covered[0].year, covered[1].year)
    frame = framing.framed(area, events, size, keys=keys, least=8)
    half = 0.4 if area.px(1) - area.px(0) > 12 else 0.33
    blocks = [block for line in lines for block in _blocks(line, step, half, pair)]
    cuts = [cut for block in blocks for cut in _cuts(block)]
    stems = [(x, top + ground, x, foot + ground) for _, (x, top, _, foot) in names.stems]
    encoded = {"x": area.years("left", size), "x2": {"field": "right"}, **given("y", "y2")}
    grounds = [{"px": -size.margin, "px2": area.width, "py": line.ground + 2, "py2": line.ground + 2} for line in lines]
    has_joint = any(row["veto_type"] == "joint" for row in rows)
    chart, notes = frame.around(
        plot.ruled(grounds, stroke=colour("grid")),
        plot.uprights(stems, opacity=0.6),
        plot.written([row | {"py": row["py"] + ground} for row in names.rows]),
        marks("rect", blocks, encoded | given("fill", "stroke", "opacity"), strokeWidth=1.2),
        layer("rect", cuts, encoded, fill=colour("ground")),
        plot.written([text for line in lines for text in _names(line, size, has_joint)]),
        symbols=_symbols(frame.head, forms),
    )
    return chart, [*notes, *unnamed]


def _blocks(line: Line, step: float, half: float, pair: Pair) -> list[Row]:
    """Stack the votes of each year, joint ones lowest; one is empty if the other's vote is not documented."""
    height = Counter[int]()
    found: list[Row] = []
    for row in sorted(line.rows, key=lambda r: (r["year"], list(FILLS).index(r["veto_type"]), str(r["other"]), r["draft_symbol"])):
        py2 = line.ground - height[row["year"]] * step
        height[row["year"]] += 1
        fill = colour(FILLS[row["veto_type"]])
        found.append({
            "left": row["year"] - half, "right": row["year"] + half, "py": py2 - step + 3, "py2": py2, "subject": row["subject"],
            "fill": colour("ground") if row["other"] == UNKNOWN else fill, "stroke": fill, "other": row["other"] or "",
            "opacity": 1 if style.is_documented(row) else style.PALE, **style.mark([row], _label(row, pair)),
        })  # fmt: skip
    return found


def _cuts(block: Row) -> list[Row]:
    """Cut off the upper half of a block on which the other voted in favour, more if it had no seat, and a bar if it voted against."""
    high, low = {IN_FAVOUR: (0.08, 0.5), NO_SEAT: (0.08, 0.78), "against": (0.4, 0.62)}.get(block["other"], (0, 0))
    tall, inset = block["py2"] - block["py"], 0.06
    cut = {"py": block["py"] + high * tall, "py2": block["py"] + low * tall, "left": block["left"] + inset, "right": block["right"] - inset}
    return [cut] if low else []


def _symbols(head: framing.Head, forms: Sequence[tuple[str, str | None, str]]) -> list[View]:
    """Draw the legend's symbols as the blocks are drawn."""
    symbols = [
        {"px": at["px"] - 6, "px2": at["px"] + 6, "py": at["py"] - 6, "py2": at["py"] + 6, "stroke": at["stroke"],
         "fill": colour("ground") if vote == UNKNOWN else at["fill"], "other": vote or "", "left": at["px"] - 5, "right": at["px"] + 5}
        for at, (_, vote, _) in zip(head.symbols, forms, strict=True)
    ]  # fmt: skip
    cuts = [cut | {"px": symbol["px"] + 1, "px2": symbol["px2"] - 1} for symbol in symbols for cut in _cuts(symbol)]
    return [
        layer("rect", symbols, given("x", "x2", "y", "y2", "fill", "stroke"), strokeWidth=1.2),
        layer("rect", cuts, given("x", "x2", "y", "y2"), fill=colour("ground")),
    ]


def _names(line: Line, size: Size, has_joint: bool) -> list[Row]:
    """Write a subject and its counts: beside its blocks, or above them if the drawing is narrow."""
    known = list(filter(style.is_documented, line.rows))
    joint = sum(row["veto_type"] == "joint" for row in known)
    counts = plural(len(known), "vote") + (f", {joint or 'none'} together" if has_joint else "")
    beside = style.text_width(counts, size.small) + 10 if size.is_narrow else 0
    name = style.shorten(line.name, size.label * style.BOLD, (size.width if size.is_narrow else size.margin - 14) - beside)
    px = -size.margin
    py = line.top + size.label * 0.7 if size.is_narrow else line.ground - 26
    at = (px + style.text_width(name, size.label, bold=True) + 8, py) if size.is_narrow else (px, line.ground - 8)
    return [
        {"text": name, "px": px, "py": py, "size": size.label, "weight": "bold"},
        {"text": counts, "px": at[0], "py": at[1], "size": size.small, "fill": colour("muted")},
    ]


def _flags(rows: Rows, step: float, area: Plot, size: Size) -> tuple[Placed, float, list[str]]:
    """Name the other subjects above their blocks; return the names and their height from the blocks' ground, and a note on those without room."""
    subjects = defaultdict[int, list[str]](list)
    for row in rows:
        subjects[row["year"]].append(row["subject"])
    tallest = max(map(len, subjects.values()), default=0) * step
    flags = {
        year: Label(
            ", ".join(dict.fromkeys(of)), [(area.px(year), 0, side) for side in ("left", "right")], fill="muted", far=4, foot=1 - len(of) * step
        )
        for year, of in sorted(subjects.items(), reverse=True)
    }  # fmt: skip
    names, room = flagged(list(flags.values()), -tallest - 4, FLAGS, (-float(size.margin), area.width), size)
    without = {flag.text for flag in names.left_over}
    unnamed = [
        f"{text} ({year})" for year, flag in reversed(flags.items()) if flag.text in without for text in dict.fromkeys(subjects[year])
    ]
    notes = [f"Other subjects without room for a name: {style.listed(unnamed)}."] if unnamed else []
    return names, tallest + room, notes
