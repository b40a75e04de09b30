"""Draw the two military visuals: exercises per year, and a map of drills at sea."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt
import duckdb

from warehouse.visuals import forms as style
from warehouse.visuals import maps
from warehouse.visuals.forms import Drawing, data, plural
from warehouse.visuals.pair import Pair, ask, dataset_rows
from warehouse.visuals.registry import visual

CATEGORY = "core_military"  # what the article counts; the other categories are named in the note
SINCE = 2012  # the article's map begins with the first drill of the Joint Sea series
KINDS = {
    "bilateral exercise": style.BLUE,
    "bilateral patrol": style.SKY,
    "multilateral exercise": style.ORANGE,
    "multilateral patrol": style.YELLOW,
}
AGES = ["#fcce25", "#f2844b", "#b12a90", "#0d0887"]  # plasma: light to dark is old to new, in grey print too


@visual
def joint_exercises(con: duckdb.DuckDBPyConnection, pair: Pair, size: Any) -> Drawing:
    """Draw columns of exercises per year, with patrols in their own colour and an unfinished year hatched."""
    rows = dataset_rows(con, "joint_exercises", pair, "year, format, category")
    shown = [row for row in rows if row["category"] == CATEGORY]
    if not shown:
        return Drawing(f"Joint exercises of {pair.both}: nothing to draw")
    years = Counter({row["year"]: 0 for row in shown})
    for row in shown:
        years[row["year"]] += row["exercise_count"]
    partial = sorted({row["year"] for row in shown if row["is_partial"]})
    others = Counter[str]()
    for row in rows:
        others[row["category"].replace("_", " ")] += row["exercise_count"] if row["category"] != CATEGORY else 0
    left_out = [f"{count} {name}" for name, count in sorted(others.items()) if count]
    notes = [f"{style.listed(list(map(str, partial)))} is not over: hatched."] if partial and sum(years[y] for y in partial) else []
    notes += [f"Left out: {style.listed(left_out)} exercises."] if left_out else []
    doubtful = sum(row["of_which_doubtful"] for row in shown)
    notes += (
        [f"Pale: {doubtful} that rest on a single source, or are provisional or disputed; the title leaves them out."] if doubtful else []
    )
    peak = max(years, key=lambda y: (years[y], y))
    return Drawing(
        _exercises_title(shown, partial, pair),
        _exercise_columns(shown, years, partial),
        f"Columns for {min(years)} to {max(years)}, {plural(sum(years.values()), 'exercise')} in all, most in {peak} ({years[peak]}).",
        "Core military exercises begun in the year.",
        left=style.MARGIN,
        notes=notes,
        rows=shown,
    )


def _exercises_title(shown: Sequence[dict[str, Any]], partial: Sequence[int], pair: Pair) -> str:
    """Return the mean of well documented exercises a year, late against early, with and without patrols."""
    formats = style.listed(sorted({row["format"] for row in shown if row["exercise_count"]}))
    documented, patrols = Counter[int](), Counter[int]()
    for row in shown:
        documented[row["year"]] += row["exercise_count"] - row["of_which_doubtful"]
        patrols[row["year"]] += row["of_which_patrols"] - row["of_which_doubtful_patrols"]
    full = sorted(set(documented) - set(partial))
    if not sum(documented.values()):
        return f"No joint military exercise of {pair.both} is well documented, {min(documented)} to {max(documented)}"
    if len(full) < 4:
        return f"{pair.both} began {plural(sum(documented.values()), 'joint military exercise')} ({formats}), {min(documented)} to {max(documented)}"
    span = min(5, len(full) // 2)
    early, late = full[:span], full[-span:]
    then, now, alone = (sum(count[y] for y in part) / span for count, part in ((documented, early), (documented, late), (patrols, late)))
    change = "up from" if now > then else "down from" if now < then else "as many as"
    without = f" ({now - alone:.1f} without patrols)" if alone else ""
    return (
        f"{pair.both} held {now:.1f} joint military exercises a year in {late[0]}–{late[-1]}{without}, {change} {then:.1f} in {early[0]}–{early[-1]} "
        f"({formats})"
    )


def _parts(row: dict[str, Any]) -> Iterator[tuple[str, bool, int]]:
    """Yield the parts of a column: kind, whether doubtful, and count."""
    patrols, doubtful, both = row["of_which_patrols"], row["of_which_doubtful"], row["of_which_doubtful_patrols"]
    exercise, patrol = f"{row['format']} exercise", f"{row['format']} patrol"
    yield exercise, False, row["exercise_count"] - patrols - doubtful + both
    yield exercise, True, doubtful - both
    yield patrol, False, patrols - both
    yield patrol, True, both


def _exercise_columns(shown: Sequence[dict[str, Any]], years: Counter, partial: Sequence[int]) -> style.Layers:
    bars: list[dict[str, Any]] = []
    tops, lows = Counter[int](), Counter[int]()
    for row in sorted(shown, key=lambda r: (r["year"], r["format"])):
        for kind, is_doubtful, count in _parts(row):
            side = tops if count > 0 else lows
            low, side[row["year"]] = side[row["year"]], side[row["year"]] + count
            if count:
                bars.append({
                    "year": row["year"], "left": row["year"] - 0.4, "right": row["year"] + 0.4, "low": low, "high": low + count,
                    "kind": kind, "count": count, "is_partial": row["is_partial"], "opacity": style.FAINT if is_doubtful else 1, **style.stands_for([row]),
                })  # fmt: skip
    first, last = style.year_span(years)
    plot = {"width": style.WIDTH - style.MARGIN, "height": 300}
    domain = [min([0, *lows.values()]), max([1, *tops.values()]) * 1.06]
    x_px, y_px = style.pixels(plot["width"], (first - 0.6, last + 0.6)), style.pixels(plot["height"], (domain[0], domain[1]))
    x = style.year_x("left", first, last, plot["width"])
    y = alt.Y("low:Q", scale=alt.Scale(domain=domain), axis=alt.Axis(title=None, tickMinStep=1, format="d", tickCount=6))
    kinds = [kind for kind in KINDS if any(bar["kind"] == kind for bar in bars)]
    columns = (
        alt.Chart(data(bars))
        .mark_rect(stroke="white", strokeWidth=0.8)
        .encode(
            x=x, x2="right:Q", y=y, y2="high:Q", opacity=alt.Opacity("opacity:Q", scale=None),
            color=alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[KINDS[k] for k in kinds])),
            tooltip=style.tooltip(year="Year", kind="Kind", count="Exercises", is_partial="Year not over"),
        )
    )  # fmt: skip
    lines = [
        line | {"keys": bar["keys"]}
        for bar in bars
        if bar["year"] in partial
        for line in style.hatched_bar(bar["left"], bar["right"], bar["low"], bar["high"], x_px, y_px)
    ]
    totals = [
        {"left": year, "low": count, "total": f"{count:,}", "keys": [row["key"] for row in shown if row["year"] == year]}
        for year, count in sorted(years.items())
    ]
    fit = all(style.text_width(total["total"], style.SMALL) <= x_px - 2 for total in totals)
    labels = alt.Chart(data(totals if fit else [])).mark_text(dy=-8, fontSize=style.SMALL).encode(x=x, y=y, text="total:N")
    return alt.layer(columns, style.hatching(lines, x, y), labels).properties(**plot)


@visual
def naval_drills(con: duckdb.DuckDBPyConnection, pair: Pair, size: Any) -> Drawing:
    """Draw a map with a symbol per drill, coloured by year; a second map enlarges the place with most drills."""
    rows = dataset_rows(con, "naval_drills", pair, "start_date, exercise_id")
    since = [row for row in rows if row["year"] >= SINCE]
    shown = [row for row in since if row["latitude"] is not None and row["longitude"] is not None]
    if not shown:
        return Drawing(f"Drills of {pair.both} at sea: nothing to draw")
    enclosed = {
        row["sea"] for row in ask(con, "select distinct canonical_sea as sea from raw.sea where is_first_island_chain")
    }  # fmt: skip
    seas = Counter(row["sea"] for row in since)
    documented = [row for row in since if row["confidence"] == "documented"]
    notes = ["A symbol stands for a whole drill; those at one place, and those of a port, are moved apart on the water."]
    chain = [row for row in documented if row["touches_first_island_chain"]]
    passed = sum(row["sea"] not in enclosed for row in chain)
    notes += (
        [
            f"Of the {len(chain)} in the title, {len(chain) - passed} are placed in a sea in bold; the other {passed} touched one and are placed elsewhere."
        ]
        if passed
        else []
    )
    notes += [f"{plural(len(since) - len(shown), 'drill')} without a documented position not drawn."] if len(since) > len(shown) else []
    notes += [f"Before {SINCE}: {plural(len(rows) - len(since), 'drill')}, not drawn."] if len(rows) > len(since) else []
    doubtful = [row["name"] for row in since if row not in documented]
    notes += [f"Not in the title, since not documented beyond doubt: {style.listed(doubtful)}."] if doubtful else []
    return Drawing(
        _drills_title(documented or since, seas, pair),
        maps.drill_map(con, shown, enclosed, AGES),
        f"Map of {plural(len(shown), 'drill')}, {shown[0]['year']} to {shown[-1]['year']}: "
        + style.listed([f"{sea} {count}" for sea, count in seas.most_common()]) + ".",
        f"Drills and patrols at sea begun {SINCE} or later. Behind a sea's name the number of drills placed in it; in bold the seas "
        "that the first island chain encloses.",
        notes=notes,
        rows=shown,
    )  # fmt: skip


def _drills_title(since: Sequence[dict[str, Any]], seas: Counter, pair: Pair) -> str:
    chain = sum(row["touches_first_island_chain"] for row in since)
    drills = f"{plural(len(since), 'drill')} of {pair.both} at sea since {min(row['year'] for row in since)}"
    if chain:
        return f"{chain} of {drills} touched seas that the first island chain encloses"
    sea, count = max(seas.items(), key=lambda item: (item[1], item[0]))
    return f"{drills}, {count} of them in the {sea}"
