"""Test that the reference tables match their pins; `.venv/bin/python -m tests.sources.test_reference_pins` accepts a change.

A refresh compares them with the followed release; the pins also show a change in a clone without releases.
"""

import csv
import hashlib
from pathlib import Path

from sources import snapshot
from warehouse.release import reference

PINS = Path(__file__).with_name("reference_pins.csv")


def current() -> dict[str, tuple[str, str]]:
    """Return the number and the digest of the rows of every bundled reference table, without their citations."""
    pins = {}
    for source in snapshot.sources():
        for file in source.files:
            if f"raw.{file.kind}" in reference.tables():
                rows = snapshot.read(file).drop(columns=[*reference.CITATION]).fillna("")
                content = sorted("\x1f".join(row) for row in rows.itertuples(index=False))
                pins[f"{source.name}/{file.kind}"] = (str(len(rows)), hashlib.sha256("\n".join(content).encode()).hexdigest())
    return pins


def pinned() -> dict[str, tuple[str, str]]:
    return {row["table"]: (row["rows"], row["sha256"]) for row in csv.DictReader(PINS.read_text("utf-8").splitlines())}


def test_reference_tables_are_as_pinned() -> None:
    now, then = current(), pinned()
    changed = sorted(table for table in {*now, *then} if now.get(table) != then.get(table))
    assert not changed, (
        f"{', '.join(changed)}: rows changed, and with them every figure that uses them; accept by the command in {__file__}"
    )


def accept() -> None:
    """Write the pins."""
    lines = ["table,rows,sha256", *(f"{table},{rows},{digest}" for table, (rows, digest) in sorted(current().items()))]
    PINS.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    accept()
