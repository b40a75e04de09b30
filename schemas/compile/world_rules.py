"""What `schemas.world` declares, without pandas and Pandera: kept beside Python's bytecode.

Belongs here: keeping the compiled models and the aggregates' comments, and narrowing a model by an archive's lists and a member's
year. Does not belong here: a rule of its own. What is kept goes by the bytes of this package and Pandera's version; where it is
missing, of other code or not readable, it is made again.

Who lands an archive from Python saves their import, 0.3 s of the 2.3 that 10 million rows of BACI took, and as much of aggregating
them; `dyad ingest` has both from Dagster's assets.
"""

import contextlib
import datetime as dt
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from schemas.compile.rules import Across, Check, Column, Compiled

Held = TypeVar("Held")

UNKNOWN_CODE = "a code that the publisher's list holds"
BETWEEN_STATES = "exporter and importer differ"
WITH_ANOTHER = "reporter and partner differ"
CODES = {"baci": ("exporter_code", "importer_code"), "comtrade-bulk": ("reporter_code", "partner_code")}


def _stamp() -> str:
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parents[1].rglob("*.py")) if path.is_file())
    return f"{hashlib.sha256(code).hexdigest()} {importlib.metadata.version('pandera')}"


# of the code that this process runs: files may change under it
STAMP = _stamp()


def of_source(source: str) -> Compiled:
    """The rules of every member of a bulk source."""
    return _held(lambda kept: _read(*kept["models"][source]))


def comments() -> dict[str, dict[str, str]]:
    """What each aggregate is, under the empty name, and what each of its columns means."""
    return _held(lambda kept: {name: dict(told) for name, told in kept["comments"].items()})


def _held(read: Callable[[dict[str, Any]], Held]) -> Held:
    """What `read` finds in what is kept, or in what is made now."""
    file = Path(importlib.util.cache_from_source(str(Path(__file__).with_name("world.py")))).with_suffix(".json")
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        kept = json.loads(file.read_text("utf-8"))
        if kept["stamp"] == STAMP:
            return read(kept)
    from schemas import world

    made = json.dumps({"stamp": STAMP, "models": world.COMPILED, "comments": world.COMMENTS})
    if not sys.dont_write_bytecode and _stamp() == STAMP:
        with contextlib.suppress(OSError):
            _keep(file, made)
    return read(json.loads(made))


def _keep(file: Path, text: str) -> None:
    new = file.with_suffix(f".{os.getpid()}")
    try:
        new.write_text(text, "utf-8")
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


def _read(name: str, columns: list[list[Any]], across: list[list[Any]], *settings: Any) -> Compiled:
    read = [Column(*column, [Check(*check) for check in checks]) for *column, checks in columns]
    return Compiled(name, read, [Across(*a) for a in across], *settings)


def of_archive(source: str, countries: Sequence[int], products: Sequence[str]) -> Compiled:
    """The rules of an archive's members: the source's, and its code lists; a list without products holds no product to it."""
    made = of_source(source)
    lists = dict.fromkeys(CODES[source], countries) | ({"product_code": products} if products else {})
    for column, listed in lists.items():
        made = made.narrowed(column, Check("isin", {"allowed_values": list(listed)}, UNKNOWN_CODE))
    return made


def of_year(made: Compiled, year: int | None) -> Compiled:
    """The rules of one member: it holds its own year, or where its name gives none a year that is over or runs."""
    today = dt.date.today().year
    if year:
        return made.narrowed("year", Check("equal_to", {"value": year}, f"equal_to({year})"))
    return made.narrowed("year", Check("less_than_or_equal_to", {"max_value": today}, f"less_than_or_equal_to({today})"))


def is_reported(rule: str) -> bool:
    """True for a rule whose offenders are counted and named, and kept: what the publisher's release notes may explain."""
    return rule in (BETWEEN_STATES, WITH_ANOTHER, UNKNOWN_CODE)
