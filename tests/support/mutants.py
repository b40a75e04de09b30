"""Make one mistake in a bundled snapshot, and find the defence of a refresh that stops it.

Put here kinds of mistake and the defences, not the expected results (the tests) or the long campaign (`campaigns.mutate`).

A mutant changes a file's rows as text, as `snapshot.read` returns them. The sources are landed once; a mutant's rows replace those
of its file inside a transaction that is rolled back. Claims are not decided, since no verdict stops a release.
"""

import datetime as dt
import random
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from schemas import raw, render
from schemas.errors import Refused
from schemas.sql import quoted
from sources import snapshot
from warehouse import models
from warehouse.build import audit, catalog, database, land, layers
from warehouse.build.clock import Clock
from warehouse.build.validate import validate
from warehouse.release import diff, revisions

Mistake = Callable[[pd.DataFrame, str, random.Random], tuple[pd.DataFrame, str] | None]

# the outcomes of a mutant, in the order of the checks; the last two pass
DEFENCES = ("schema", "raw audit", "core audit", "charts audit", "comparison", "listed", "unpublished")
CAUGHT = DEFENCES[:5]


class Mutant(NamedTuple):
    """One mistake in one file: its kind, the file, the changed rows, and the place of the mistake."""

    mistake: str
    file: snapshot.SnapshotFile
    rows: pd.DataFrame
    where: str


class Fate(NamedTuple):
    """The outcome of a mutant: the defence that stopped it with its message, or `listed` among the changes, or `unpublished`."""

    mutant: Mutant
    defence: str
    message: str


def _of_type(kind: str, *types: str) -> list[str]:
    return [c.name for c in render.columns(raw.KINDS[kind]) if c.sql_type in types]


def _cell(frame: pd.DataFrame, columns: Sequence[str], rng: random.Random) -> tuple[int, str] | None:
    """Return the row and column of a random cell that is not empty; None if there is none."""
    candidates = [column for column in columns if column in frame and frame[column].notna().any()]
    if not candidates:
        return None
    column = rng.choice(candidates)
    return rng.choice(frame.index[frame[column].notna()].tolist()), column


def _put(frame: pd.DataFrame, at: tuple[int, str], value: str) -> tuple[pd.DataFrame, str] | None:
    line, column = at
    before = frame.at[line, column]
    if value == before:
        return None
    changed = frame.copy()
    changed.at[line, column] = value
    return changed, f"{line} {column} {before} -> {value}"


def _numeric(frame: pd.DataFrame, kind: str, rng: random.Random, change: Callable[[float], float]) -> tuple[pd.DataFrame, str] | None:
    at = _cell(frame, [c for c in _of_type(kind, "DOUBLE", "BIGINT") if c not in YEARS], rng)
    if not at or not float(frame.at[at]):  # a scaled zero is the same zero
        return None
    return _put(frame, at, f"{change(float(frame.at[at])):.15g}")


YEARS = ("year", "first_year", "last_year")


def scaled(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Multiply a number by a thousand."""
    return _numeric(frame, kind, rng, lambda value: value * 1000)


def shrunk(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Divide a number by a thousand."""
    return _numeric(frame, kind, rng, lambda value: value / 1000)


def negated(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Change the sign of a number."""
    return _numeric(frame, kind, rng, lambda value: -value)


def shifted(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Shift a day or a year by one year."""
    at = _cell(frame, [*_of_type(kind, "DATE"), *YEARS], rng)
    if not at:
        return None
    text = frame.at[at]
    return _put(frame, at, f"{int(text[:4]) + rng.choice((-1, 1)):04}{text[4:].replace('-02-29', '-02-28')}")


def swapped(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Swap two columns of one type in the whole file."""
    types: dict[str, list[str]] = {}
    for column in render.columns(raw.KINDS[kind]):
        if column.name in frame:
            types.setdefault(column.sql_type, []).append(column.name)
    pairs = [columns for columns in types.values() if len(columns) > 1]
    if not pairs:
        return None
    a, b = rng.sample(rng.choice(pairs), 2)
    if frame[a].equals(frame[b]):
        return None
    return frame.assign(**{a: frame[b], b: frame[a]}), f"columns {a} and {b}"


def doubled(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Repeat a row."""
    line = rng.choice(frame.index.tolist())
    changed = pd.concat([frame, frame.loc[[line]]])
    return changed.set_axis(pd.RangeIndex(2, len(changed) + 2)), f"{line}"


def dropped(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Delete a row."""
    line = rng.choice(frame.index.tolist())
    changed = frame.drop(index=line)
    return changed.set_axis(pd.RangeIndex(2, len(changed) + 2)), f"{line} {' '.join(frame.loc[line].dropna().iloc[:5])}"


def _codes(kind: str) -> list[str]:
    single = ("iso3", "country", "bloc", "reporter_iso3", "partner_iso3", "exporter_iso3", "importer_iso3", "member_iso3")
    more = ("vetoed_by", "participants", "hosts", "sponsors", "predecessor_iso3", "successor_iso3", "country_name")
    return [c for c in raw.KINDS[kind].to_schema().columns if c in (*single, *more)]


def renamed(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Give a country a new code in the whole column, as if the publisher changed its codes."""
    at = _cell(frame, _codes(kind), rng)
    if not at:
        return None
    before, column = frame.at[at], at[1]
    after = before.lower().title() + "n" if column == "country_name" else f"Q{before[1:]}"
    return frame.assign(**{column: frame[column].replace(before, after)}), f"{column} {before} -> {after}"


def mistaken(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Replace the country of one row by another of the same column."""
    at = _cell(frame, _codes(kind), rng)
    others = sorted(set(frame[at[1]].dropna()) - {frame.at[at]}) if at else []
    return _put(frame, at, rng.choice(others)) if at and others else None


UNITS = {"USD": "thousand USD", "thousand USD": "USD", "tonnes": "Mt", "Mt": "tonnes", "bcm": "Mt", "percent": "USD", "LCU per USD": "USD"}


def unit(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Change the unit of one row."""
    at = _cell(frame, ("unit", "quantity_unit"), rng)
    return _put(frame, at, UNITS[frame.at[at]]) if at else None


def units(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Change a unit in the whole file."""
    at = _cell(frame, ("unit", "quantity_unit"), rng)
    if not at:
        return None
    before, column = frame.at[at], at[1]
    return frame.assign(**{column: frame[column].replace(before, UNITS[before])}), f"{column} {before} -> {UNITS[before]}"


MISTAKES: dict[str, Mistake] = {
    m.__name__: m for m in (scaled, shrunk, negated, shifted, swapped, doubled, dropped, renamed, mistaken, unit, units)
}


def generate(sources: Sequence[snapshot.Source], each: int, seed: int) -> Iterator[Mutant]:
    """Yield `each` mutants of every kind of mistake; files take turns, so that short files are tried as often as long ones."""
    rng = random.Random(seed)  # noqa: S311  # a repeatable sample, not a secret
    files = [file for source in sources for file in source.files]
    frames = {file.name: snapshot.read(file) for file in files}
    for name, mistake in MISTAKES.items():
        count, turns = 0, 0
        order = rng.sample(files, len(files))
        while count < each and turns < 20 * max(each, len(files)):
            file = order[turns % len(order)]
            turns += 1
            if rows_and_place := mistake(frames[file.name], file.kind, rng):
                count += 1
                yield Mutant(name, file, *rows_and_place)


class Proving:
    """A warehouse in which mutants are tried one after another, and the release without mistakes to compare with."""

    def __init__(self, folder: Path, sources: Sequence[snapshot.Source], as_of: dt.date | None = None) -> None:
        """Land the sources and build the release without mistakes."""
        self.clock = Clock(as_of or snapshot.read_until(sources), ("CHN-RUS",))
        before = folder / "before" / "warehouse.duckdb"
        before.parent.mkdir()
        with database.connect(before) as self.con:
            list(land.land(self.con, sources))
            catalog.fill(self.con, sources, self.clock)
            for layer in ("core", "charts"):
                list(layers.run_layer(self.con, layer, self.clock))
            if problems := [message for layer in ("raw", "core", "charts") for _, message in self._audit(layer) if message]:
                raise Refused(problems[0])
        shutil.copy(before, folder)
        self._opened = ExitStack()
        self.con = self._opened.enter_context(database.connect(folder / "warehouse.duckdb"))
        self.con.execute(f"attach {quoted(str(before))} as before (read_only)")

    def close(self) -> None:
        """Close the warehouse."""
        self._opened.close()

    def fate(self, mutant: Mutant) -> Fate:
        """Try a mutant against every defence in order, and return its outcome."""
        self.con.execute("begin transaction")
        try:
            return Fate(mutant, *self._stopped_by(mutant))
        finally:
            self.con.execute("rollback")

    def _stopped_by(self, mutant: Mutant) -> tuple[str, str]:
        try:
            if message := self._land(mutant):
                return "schema", message
            for defence, message in self._rebuild_and_audit(mutant):
                if message:
                    return defence, message
        except Refused as error:  # a model or an audit that fails on the figures stops the release too
            return "schema", str(error)
        changes = diff.compare(self.con, "before", "warehouse")
        if refusals := revisions.refusals(self.con, changes, "before", "warehouse"):
            return "comparison", next(iter(refusals.values()))
        return ("listed", f"{len(changes)} changes") if changes else ("unpublished", "")

    def _land(self, mutant: Mutant) -> str:
        """Replace the rows of the mutant's file; return the message of the schema of its kind, or an empty string."""
        file, table = mutant.file, f"raw.{mutant.file.kind}"
        self.con.execute(f"delete from {table} where file = ?", [file.place])
        result = land.insert(self.con, file.kind, [(file, list(mutant.rows.columns), mutant.rows.fillna("").to_numpy().tolist())])
        return result.findings[0].line(file.name) if result.findings else ""

    def _rebuild_and_audit(self, mutant: Mutant) -> Iterator[tuple[str, str]]:
        """Rebuild every model downstream of the mutant's file, run every audit, and yield (defence, message)."""
        changed = {f"raw.{mutant.file.kind}"}
        before = snapshot.read(mutant.file)["document"].reset_index(drop=True) if mutant.file.kind != "documents" else None
        if before is None or not before.equals(mutant.rows["document"].reset_index(drop=True)):
            changed |= {"raw.figure_line", "raw.whole_file"}
        yield from self._audit("raw", changed)
        yield from self.rebuild(changed)

    def rebuild(self, changed: set[str], instead: models.Model | None = None) -> Iterator[tuple[str, str]]:
        """Rebuild the models that read a changed table and run their audits; yield (defence, message), an empty one if it passes.

        The model `instead` replaces the model of its name. A table with new content is added to `changed`; models that read
        only unchanged tables are not rebuilt.
        """
        for layer in ("core", "charts"):
            for model in models.layer(layer):
                is_other = instead is not None and model.name == instead.name
                if changed & set(model.depends_on) or is_other:
                    self.con.execute(f"drop table {model.name}")
                    layers.run_model(self.con, instead if is_other else model, self.clock)
                    if not self._differs(model.name):
                        continue
                    changed.add(model.name)
                    result = validate(self.con, model.name)
                    yield "schema", result.findings[0].line(result.table) if result.findings else ""
            yield from self._audit(layer, changed)

    def _differs(self, table: str) -> bool:
        sides = (("warehouse", "before"), ("before", "warehouse"))
        return any(
            self.con.execute(f"select exists (from {here}.{table} except all from {there}.{table})").fetchone()[0] for here, there in sides
        )

    def _audit(self, layer: str, changed: set[str] | None = None) -> Iterator[tuple[str, str]]:
        """Run the audits of a layer, or only those that read a changed table; yield (defence, message), an empty one if it passes."""
        for each in audit.load():
            if each.layer == layer and (changed is None or not changed.isdisjoint(_reads(each))):
                outcome = audit.outcome(self.con, each)
                yield f"{layer} audit", outcome.line() if outcome.row_count else ""


@cache
def _reads(rule: audit.Audit) -> set[str]:
    """Return the tables that an audit reads, and those that its views read."""
    tables = {name.lower() for name in models.REFERENCE.findall(re.sub(r"--[^\n]*", "", rule.sql))}
    views = {"raw.figure_line", "raw.whole_file"} & tables
    return tables | ({f"raw.{kind}" for kind in raw.KINDS} if views else set())
