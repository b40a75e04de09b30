"""Which rows of a dataset a mark of its visual stands for.

Belongs here: finding them by what the mark says, its evidence first. Does not belong here: drawing, or showing the rows.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.visuals.style import cite

MORE = re.compile(r" and \d+ more$")


def is_mark(datum: Any) -> bool:
    """True of a visual's data row that names its evidence."""
    return isinstance(datum, dict) and bool(datum.get("evidence"))


def rows_of(datum: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[int]:
    """Positions of the rows behind a mark.

    A mark names at most three ids. Rows with exactly its evidence are its rows; where it adds rows up, those that agree
    with it in most of what it says. Among equals, all.

    Args:
        datum: the mark's data, with `evidence` as `cite` writes it.
        rows: the dataset's rows of the dyad; `evidence` is a list of ids.
        names: of the two states, by ISO code: a mark writes `China to Russia` where a row has two codes.
    """
    named = set(MORE.sub("", datum["evidence"]).split(", "))
    citing = {i for i, row in enumerate(rows) if not named.isdisjoint(row["evidence"])}
    exact = {i for i in citing if cite(rows[i]["evidence"]) == datum["evidence"]}
    agreed = {i: _agreement(datum, rows[i], names) for i in exact or range(len(rows))}
    most = max(agreed.values(), default=0)
    best = [i for i, count in agreed.items() if count == most]
    return best if exact or (most > 1 and not citing.isdisjoint(best)) else sorted(citing)


def _agreement(datum: Mapping[str, Any], row: Mapping[str, Any], names: Mapping[str, str]) -> int:
    """How many things the mark says of the row: numbers and flags under the same name, texts under any."""
    texts = {value for value in row.values() if isinstance(value, str)}
    if "exporter" in row:
        texts.add(f"{names.get(row['exporter'])} to {names.get(row['importer'])}")
    said = {text for value in datum.values() if isinstance(value, str) for text in (value, value.split(":")[0])}
    same = [k for k, value in datum.items() if k in row and value is not None and not isinstance(value, str) and row[k] == value]
    return len(texts & said) + len(same)
