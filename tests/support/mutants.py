"""Wrong figures on purpose: the bundled snapshots, each time with one mistake, through every defence of a refresh.

Belongs here: the kinds of mistake, and which defence stops a mutant. Does not belong here: what is expected of them (the tests), or
the long campaign (`campaigns.mutate`).

A mutant is made in a file's rows as text, as `snapshot.read` gives them. The sources are landed once; a mutant's file replaces
its rows inside a transaction that is rolled back. The claims are left out: no verdict stops a release.
"""

import datetime as dt
import random
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from schemas import raw, render
from schemas.errors import Refused
from schemas.sql import quoted
from schemas.validate import findings, misfits
from sources import snapshot
from warehouse import models
from warehouse.build import audit, catalog, database, land, layers
from warehouse.build.clock import Clock
from warehouse.build.validate import validate
from warehouse.release import diff, revisions

Mistake = Callable[[pd.DataFrame, str, random.Random], tuple[pd.DataFrame, str] | None]

# where a wrong figure can be stopped, in this order; the last two are mutants that pass
DEFENCES = ("schema", "raw audit", "core audit", "charts audit", "comparison", "listed", "unpublished")
CAUGHT = DEFENCES[:5]


class Mutant(NamedTuple):
    """One mistake in one file: its kind, the file, the rows with the mistake, and where it is."""

    mistake: str
    file: snapshot.SnapshotFile
    rows: pd.DataFrame
    where: str


class Fate(NamedTuple):
    """What became of a mutant: the defence that stopped it, else `listed` among the changes or `unpublished`; and what it said."""

    mutant: Mutant
    defence: str
    said: str


def _of_type(kind: str, *types: str) -> list[str]:
    return [c.name for c in render.columns(raw.KINDS[kind]) if c.sql_type in types]


def _cell(frame: pd.DataFrame, columns: Sequence[str], rng: random.Random) -> tuple[int, str] | None:
    """A filled cell of one of the columns."""
    filled = [column for column in columns if frame[column].notna().any()]
    if not filled:
        return None
    column = rng.choice(filled)
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
    if not at or not float(frame.at[at]):  # nothing is a thousand times nothing
        return None
    return _put(frame, at, f"{change(float(frame.at[at])):.15g}")


YEARS = ("year", "first_year", "last_year")


def scaled(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """A number a thousand times too large."""
    return _numeric(frame, kind, rng, lambda value: value * 1000)


def shrunk(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """A number a thousand times too small."""
    return _numeric(frame, kind, rng, lambda value: value / 1000)


def negated(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """A number with the other sign."""
    return _numeric(frame, kind, rng, lambda value: -value)


def shifted(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """A day or a year one year off."""
    at = _cell(frame, [c for c in (*_of_type(kind, "DATE"), *YEARS) if c in frame], rng)
    if not at:
        return None
    text = frame.at[at]
    return _put(frame, at, f"{int(text[:4]) + rng.choice((-1, 1)):04}{text[4:].replace('-02-29', '-02-28')}")


def swapped(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Two columns of one type in each other's place, in the whole file."""
    types: dict[str, list[str]] = {}
    for column in render.columns(raw.KINDS[kind]):
        types.setdefault(column.sql_type, []).append(column.name)
    pairs = [columns for columns in types.values() if len(columns) > 1]
    if not pairs:
        return None
    a, b = rng.sample(rng.choice(pairs), 2)
    if frame[a].equals(frame[b]):
        return None
    return frame.assign(**{a: frame[b], b: frame[a]}), f"columns {a} and {b}"


def doubled(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """A row that stands twice."""
    line = rng.choice(frame.index.tolist())
    changed = pd.concat([frame, frame.loc[[line]]])
    return changed.set_axis(pd.RangeIndex(2, len(changed) + 2)), f"{line}"


def dropped(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """A row that is lost."""
    line = rng.choice(frame.index.tolist())
    changed = frame.drop(index=line)
    return changed.set_axis(pd.RangeIndex(2, len(changed) + 2)), f"{line} {' '.join(frame.loc[line].dropna().iloc[:5])}"


def _codes(kind: str) -> list[str]:
    named = ("iso3", "country", "bloc", "reporter_iso3", "partner_iso3", "exporter_iso3", "importer_iso3", "member_iso3")
    more = ("vetoed_by", "participants", "hosts", "sponsors", "predecessor_iso3", "successor_iso3", "country_name")
    return [c for c in raw.KINDS[kind].to_schema().columns if c in (*named, *more)]


def renamed(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """A country under a new code in the whole column, as when a publisher changes its codes."""
    at = _cell(frame, _codes(kind), rng)
    if not at:
        return None
    before, column = frame.at[at], at[1]
    after = before.lower().title() + "n" if column == "country_name" else f"Q{before[1:]}"
    return frame.assign(**{column: frame[column].replace(before, after)}), f"{column} {before} -> {after}"


def mistaken(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Another country of the same column in one row."""
    at = _cell(frame, _codes(kind), rng)
    others = sorted(set(frame[at[1]].dropna()) - {frame.at[at]}) if at else []
    return _put(frame, at, rng.choice(others)) if at and others else None


UNITS = {"USD": "thousand USD", "thousand USD": "USD", "tonnes": "Mt", "Mt": "tonnes", "bcm": "Mt", "percent": "USD", "LCU per USD": "USD"}


def unit(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Another unit in one row."""
    at = _cell(frame, [c for c in ("unit", "quantity_unit") if c in frame], rng)
    return _put(frame, at, UNITS[frame.at[at]]) if at else None


def units(frame: pd.DataFrame, kind: str, rng: random.Random) -> tuple[pd.DataFrame, str] | None:
    """Another unit in the whole file."""
    at = _cell(frame, [c for c in ("unit", "quantity_unit") if c in frame], rng)
    if not at:
        return None
    before, column = frame.at[at], at[1]
    return frame.assign(**{column: frame[column].replace(before, UNITS[before])}), f"{column} {before} -> {UNITS[before]}"


MISTAKES: dict[str, Mistake] = {
    m.__name__: m for m in (scaled, shrunk, negated, shifted, swapped, doubled, dropped, renamed, mistaken, unit, units)
}


def generate(sources: Sequence[snapshot.Source], each: int, seed: int) -> Iterator[Mutant]:
    """`each` mutants of every kind of mistake; files take turns, so that a short list is tried as often as a long table."""
    rng = random.Random(seed)  # noqa: S311  # a sample that comes again, not a secret
    files = [file for source in sources for file in source.files]
    frames = {file.name: snapshot.read(file) for file in files}
    for name, mistake in MISTAKES.items():
        made, turns = 0, 0
        order = rng.sample(files, len(files))
        while made < each and turns < 20 * max(each, len(files)):
            file = order[turns % len(order)]
            turns += 1
            if found := mistake(frames[file.name], file.kind, rng):
                made += 1
                yield Mutant(name, file, *found)


class Proving:
    """A warehouse with the sources landed, in which mutants are tried one after the other, and the release before them."""

    def __init__(self, folder: Path, sources: Sequence[snapshot.Source], as_of: dt.date | None = None) -> None:
        """Land the sources once, and build the release before."""
        self.clock = Clock(as_of or snapshot.read_until(sources), ("CHN-RUS",))
        before = folder / "before" / "warehouse.duckdb"
        before.parent.mkdir()
        with database.connect(before) as self.con:
            list(land.land(self.con, sources))
            catalog.fill(self.con, sources, self.clock)
            for layer in ("core", "charts"):
                list(layers.run_layer(self.con, layer, self.clock))
            if wrong := [said for layer in ("raw", "core", "charts") for _, said in self._audited(layer) if said]:
                raise Refused(wrong[0])
        shutil.copy(before, folder)
        self.con = database.connect(folder / "warehouse.duckdb")
        self.con.execute(f"attach {quoted(str(before))} as before (read_only)")

    def fate(self, mutant: Mutant) -> Fate:
        """Through every defence, in order."""
        self.con.execute("begin transaction")
        try:
            return Fate(mutant, *self._stopped(mutant))
        finally:
            self.con.execute("rollback")

    def _stopped(self, mutant: Mutant) -> tuple[str, str]:
        try:
            if said := self._landed(mutant):
                return "schema", said
            for defence, said in self._built(mutant):
                if said:
                    return defence, said
        except Refused as error:  # a model or an audit that cannot work with the figures stops the release too
            return "schema", str(error)
        found = diff.compare(self.con, "before", "warehouse")
        if said := revisions.refusals(self.con, found, "before"):
            return "comparison", next(iter(said.values()))
        return ("listed", f"{len(found)} changes") if found else ("unpublished", "")

    def _landed(self, mutant: Mutant) -> str:
        """Replace the rows of the mutant's file; what the schema of its kind says, if anything."""
        file, model, table = mutant.file, raw.KINDS[mutant.file.kind], f"raw.{mutant.file.kind}"
        if wrong := misfits(model, mutant.rows):
            return wrong[0].line(file.name)
        typed, wrong = findings(render.landed(model), land.with_evidence(file, mutant.rows).reset_index(drop=True))
        if wrong:
            return wrong[0].line(file.name)
        self.con.execute(f"delete from {table} where file = ?", [file.place])
        self.con.register("landing", typed)
        self.con.execute(f"insert into {table} by name select * from landing")
        self.con.unregister("landing")
        return ""

    def _built(self, mutant: Mutant) -> Iterator[tuple[str, str]]:
        """Every model downstream of the mutant's file again, and every audit."""
        changed = {f"raw.{mutant.file.kind}"}
        before = snapshot.read(mutant.file)["document"].reset_index(drop=True) if mutant.file.kind != "documents" else None
        if before is None or not before.equals(mutant.rows["document"].reset_index(drop=True)):
            changed |= {"raw.figure_line", "raw.whole_file"}
        yield from self._audited("raw", changed)
        yield from self.rebuilt(changed)

    def rebuilt(self, changed: set[str], instead: models.Model | None = None) -> Iterator[tuple[str, str]]:
        """Every model that reads a changed table again, `instead` in place of the model of its name, and its audits: what they say.

        A table that comes out as it was is not added to `changed`, and what follows from it is left alone.
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
                    built = validate(self.con, model.name)
                    yield "schema", built.findings[0].line(built.table) if built.findings else ""
            yield from self._audited(layer, changed)

    def _differs(self, table: str) -> bool:
        sides = (("warehouse", "before"), ("before", "warehouse"))
        return any(
            self.con.execute(f"select exists (from {here}.{table} except all from {there}.{table})").fetchone()[0] for here, there in sides
        )

    def _audited(self, layer: str, changed: set[str] | None = None) -> Iterator[tuple[str, str]]:
        """What a layer's audits say; of `changed` tables, only the audits that read one: the others would say what they said."""
        for each in audit.load():
            if each.layer == layer and (changed is None or not changed.isdisjoint(_reads(each))):
                outcome = audit.outcome(self.con, each)
                yield f"{layer} audit", outcome.line() if outcome.count else ""


@cache
def _reads(of: audit.Audit) -> set[str]:
    """The tables an audit reads, and those below the views it reads."""
    found = {name.lower() for name in models.REFERENCE.findall(re.sub(r"--[^\n]*", "", of.sql))}
    below = {"raw.figure_line", "raw.whole_file"} & found
    return found | ({f"raw.{kind}" for kind in raw.KINDS} if below else set())
