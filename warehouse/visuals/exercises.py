"""Draw joint exercises: a block each, stacked by year."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import duckdb

from schemas.words import plural
from warehouse.visuals import framing, plot, style
from warehouse.visuals.labels import Box, Label, placed
from warehouse.visuals.pair import Pair, Row, Rows, ask, dataset_rows
from warehouse.visuals.plot import Panel, Plot
from warehouse.visuals.registry import visual
from warehouse.visuals.style import Drawing, Size, colour
from warehouse.visuals.vegalite import View

CATEGORY = "core_military"  # what the article counts; the note names the other categories
ALONE, PATROL, OTHERS = "Exercise of the two alone", "Patrol of the two, by sea or air", "With other states"
KINDS = {ALONE: "together", PATROL: "together-2", OTHERS: "other"}
MOST_BLOCKS = 60  # more exercises of one kind in a year are drawn as one column
SPAN = 5  # years at each end that the title compares


class Means(NamedTuple):
    """Well documented exercises a year in the first and in the last full years, and these years."""

    early: list[int]
    late: list[int]
    then: float
    now: float


@visual
def joint_exercises(con: duckdb.DuckDBPyConnection, pair: Pair, size: Size) -> Drawing:
    """Draw one block per exercise, the unfinished year outlined, with the means that the title compares."""
    rows = dataset_rows(con, "joint_exercises", pair, "year, format, category")
    shown = [row for row in rows if row["category"] == CATEGORY]
    if not shown:
        return style.nothing(f"Joint exercises of {pair.both}")
    years = Counter({row["year"]: 0 for row in shown})
    for row in shown:
        years[row["year"]] += row["exercise_count"] - row["of_which_doubtful"]
    partial = sorted({row["year"] for row in shown if row["is_partial"]})
    means = _means(years, partial)
    title = style.first_that_holds(FINDINGS, means, shown, pair)
    chart, unnamed = _blocks(con, shown, years, means, pair, size)
    peak = max(years, key=lambda y: (years[y], y))
    return Drawing(
        title,
        chart,
        f"Blocks for {min(years)} to {max(years)}, {plural(sum(years.values()), 'exercise')} in all, most in {peak} ({years[peak]}).",
        "Joint military exercises begun in the year; each block is one",
        notes=[*unnamed, *_notes(rows, shown, partial)],
        rows=shown,
    )


def _notes(rows: Rows, shown: Rows, partial: Sequence[int]) -> list[str]:
    others = Counter[str]()
    for row in rows:
        others[row["category"].replace("_", " ")] += row["exercise_count"] if row["category"] != CATEGORY else 0
    left_out = [f"{count} {name}" for name, count in sorted(others.items()) if count]
    doubtful = sum(row["of_which_doubtful"] for row in shown)
    notes = [f"Outlined: {style.spans(partial)} is not over."] if any(r["exercise_count"] for r in shown if r["is_partial"]) else []
    notes += [f"Left out: {style.listed(left_out)} exercises."] if left_out else []
    if doubtful:
        notes.append(f"Pale, and not counted: {doubtful}, resting on one source or on secondary sources alone, or provisional or disputed.")
    return notes


# --- the finding ---


def _means(documented: Counter[int], partial: Sequence[int]) -> Means | None:
    """Return the means that the title compares from the documented exercises of each year, or None if there are too few full years."""
    full = sorted(set(documented) - set(partial))
    span = min(SPAN, len(full) // 2)
    if len(full) < 4 or not any(documented[year] for year in full):
        return None
    early, late = full[:span], full[-span:]
    return Means(early, late, *(sum(documented[year] for year in part) / span for part in (early, late)))


def _trained(means: Means | None, _shown: Rows, pair: Pair) -> str | None:
    """Report both means, if there are any."""
    if means is None:
        return None
    then = style.change(means.then, means.now)
    before = f"{then} from {means.then:.1f}" if then else "as often as"
    return f"{pair.both} trained together {means.now:.1f} times a year in {style.spans(means.late)}, {before} in {style.spans(means.early)}"


def _total(_means: Means | None, shown: Rows, pair: Pair) -> str:
    """Report the total of the documented ones, else of those that are not documented beyond doubt, or that there is none."""
    listed = sum(row["exercise_count"] for row in shown)
    documented = sum(row["exercise_count"] - row["of_which_doubtful"] for row in shown)
    years = style.spans(range(min(row["year"] for row in shown), max(row["year"] for row in shown) + 1))
    if not documented and listed:
        return f"{plural(listed, 'joint military exercise')} of {pair.both} {'is' if listed == 1 else 'are'} listed, none beyond doubt, {years}"
    if not documented:
        return f"No joint military exercise of {pair.both} is well documented, {years}"
    return f"{pair.both} began {plural(documented, 'joint military exercise')}, {years}"


FINDINGS = [_trained, _total]


# --- the blocks ---


def _named(exercises: Rows, row: Row) -> list[Row]:
    """Return the exercises that a row counts, by their day: those among its evidence."""
    evidence, kind = set(row["evidence"]), (row["category"], row["format"], row["year"])
    return [e for e in exercises if e["evidence_id"] in evidence and (e["category"], e["format"], e["start_date"].year) == kind]


def _parts(row: Row) -> list[tuple[bool, bool, int]]:
    """Return the parts of a row: whether patrols, whether doubtful, and their count."""
    patrols, doubtful, both = row["of_which_patrols"], row["of_which_doubtful"], row["of_which_doubtful_patrols"]
    rest = row["exercise_count"] - patrols - doubtful + both
    return [(False, False, rest), (False, True, doubtful - both), (True, False, patrols - both), (True, True, both)]


def _block_rows(con: duckdb.DuckDBPyConnection, shown: Rows) -> list[Row]:
    """Return the blocks of each year from the lowest: the two alone first, those with others on top."""
    exercises = ask(
        con,
        "select evidence_id, category, format, name, start_date, is_patrol, confidence <> 'documented' as is_doubtful "
        "from core.exercise order by start_date, name",
    )
    blocks = []
    for row in sorted(shown, key=lambda r: (r["year"], r["format"])):
        named = _named(exercises, row) if row["exercise_count"] else []
        for is_patrol, is_doubtful, count in _parts(row):
            kind = OTHERS if row["format"] != "bilateral" else PATROL if is_patrol else ALONE
            names = [
                f"{e['name']}, {e['start_date']:%B %Y}" for e in named if (e["is_patrol"], e["is_doubtful"]) == (is_patrol, is_doubtful)
            ]
            is_column = count > MOST_BLOCKS
            if is_column or len(names) != count:
                names = [f"{row['year']}, {count:,} of this kind"] * (1 if is_column else count)
            doubt = ", not documented beyond doubt" if is_doubtful else ""
            blocks += [
                {
                    "year": row["year"], "tall": count if is_column else 1, "kind": kind,
                    "fill": colour("ground" if row["is_partial"] else KINDS[kind]), "stroke": colour(KINDS[kind]),
                    "opacity": style.PALE if is_doubtful else 1, **style.mark([row], f"{name}: {kind[0].lower()}{kind[1:]}{doubt}"),
                }
                for name in names
            ]  # fmt: skip
    return plot.stacked(blocks, 0.42)


def _blocks(con: duckdb.DuckDBPyConnection, shown: Rows, years: Counter[int], means: Means | None, pair: Pair, size: Size) -> Panel:
    blocks = _block_rows(con, shown)
    top = max([1, *(block["high"] for block in blocks)])
    area = Plot.of_years(years, size.plot, 230 if size.is_narrow else 300, 0, top * 1.1)
    keys = [(kind, fill) for kind, fill in KINDS.items() if any(block["kind"] == kind for block in blocks)]
    frame = framing.framed(area, framing.events(con, pair, "train", *area.span), size, keys=keys)
    drawn = plot.columns(blocks, area, size, area.amounts("low"), strokeWidth=1.2, yOffset=-1 if top > 20 else -2, y2Offset=0)
    tops = {year: max((block["high"] for block in blocks if block["year"] == year), default=0) for year in years}
    return frame.around(drawn, *_labels(years, tops, means, area, size, frame.lines))


def _labels(
    years: Counter[int], tops: Mapping[int, float], means: Means | None, area: Plot, size: Size, lines: Sequence[Box]
) -> list[View]:
    """Write each year's count above its blocks, as far as there is room, and rule and name the means that the title compares."""
    spans = [(means.early, means.then), (means.late, means.now)] if means else []
    rules = [
        {"px": area.px(part[0] - 0.5), "px2": area.px(part[-1] + 0.5), "py": area.py(mean), "py2": area.py(mean)} for part, mean in spans
    ]
    taken = [(rule["px"], rule["py"], rule["px2"], rule["py"]) for rule in rules]
    taken += [(area.px(year - 0.42), area.py(tops[year]), area.px(year + 0.42), area.height) for year in years]
    means_at = [
        Label(
            f"{mean:.1f} a year",
            [
                (rule["px"], rule["py"], "left"),
                *(((rule["px"] + rule["px2"]) / 2, area.py(max(tops[y] for y in part)) - above, "above") for above in (18, 34, 50)),
            ],
            bold=True,
        )
        for (part, mean), rule in zip(spans, rules, strict=True)
    ]
    ruled_at = {year: area.py(mean) for part, mean in spans for year in part}
    counts = [
        Label(
            f"{count:,}",
            [(area.px(year), y, "above") for y in (area.py(tops[year]), min(area.py(tops[year]), ruled_at.get(year, area.height)))],
        )
        for year, count in years.most_common()
    ]
    bounds = (-float(size.margin), -4.0, area.width, area.height)
    text = placed([*counts, *means_at], taken, bounds, size, lines).rows
    return [plot.ruled(rules, strokeWidth=2, stroke=colour("ink")), plot.written(text)]
