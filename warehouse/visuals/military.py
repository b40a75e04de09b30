"""Draw a map of drills at sea."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse.visuals import maps, style
from warehouse.visuals.forms import Drawing
from warehouse.visuals.pair import Pair, ask, dataset_rows
from warehouse.visuals.registry import visual

SINCE = 2012  # the article's map begins with the first drill of the Joint Sea series
AGES = ["#fcce25", "#f2844b", "#b12a90", "#0d0887"]  # plasma: light to dark is old to new, in grey print too


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
    notes += (
        [f"{style.plural(len(since) - len(shown), 'drill')} without a documented position not drawn."] if len(since) > len(shown) else []
    )
    notes += [f"Before {SINCE}: {style.plural(len(rows) - len(since), 'drill')}, not drawn."] if len(rows) > len(since) else []
    doubtful = [row["name"] for row in since if row not in documented]
    notes += [f"Not in the title, since not documented beyond doubt: {style.listed(doubtful)}."] if doubtful else []
    return Drawing(
        _drills_title(documented or since, seas, pair),
        maps.drill_map(con, shown, enclosed, AGES),
        f"Map of {style.plural(len(shown), 'drill')}, {shown[0]['year']} to {shown[-1]['year']}: "
        + style.listed([f"{sea} {count}" for sea, count in seas.most_common()]) + ".",
        f"Drills and patrols at sea begun {SINCE} or later. Behind a sea's name the number of drills placed in it; in bold the seas "
        "that the first island chain encloses.",
        notes=notes,
        rows=shown,
    )  # fmt: skip


def _drills_title(since: Sequence[dict[str, Any]], seas: Counter, pair: Pair) -> str:
    chain = sum(row["touches_first_island_chain"] for row in since)
    drills = f"{style.plural(len(since), 'drill')} of {pair.both} at sea since {min(row['year'] for row in since)}"
    if chain:
        return f"{chain} of {drills} touched seas that the first island chain encloses"
    sea, count = max(seas.items(), key=lambda item: (item[1], item[0]))
    return f"{drills}, {count} of them in the {sea}"
