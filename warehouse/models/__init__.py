"""SQL models: one SELECT a file, `<layer>/<table>.sql`; the comment on top says grain and key.

Belongs here: finding the files, reading their dependencies out of the SQL, and their order.
Does not belong here: running them (`warehouse.build.layers`).
"""

import re
from collections.abc import Sequence
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
REFERENCE = re.compile(r"\b(?:from|join)\s+((?:raw|core|charts|catalog|bulk)\.[a-z0-9_]+)", re.IGNORECASE)


class Model(NamedTuple):
    """A modeled table: `core.trade_flow`, its SELECT, its header fields and the tables it reads."""

    name: str
    sql: str
    header: dict[str, str]
    depends_on: list[str]

    @property
    def table(self) -> str:
        """Its name without the layer's: `trade_flow`."""
        return self.name.split(".")[1]

    @property
    def claim_id(self) -> str:
        """The id of the claim that a query decides: `c01_exercises_more_frequent` decides C01."""
        return self.table.split("_")[0].upper()


def header(sql: str) -> dict[str, str]:
    """`-- name: text` lines on top of a file; a line without a name continues the one before."""
    fields: dict[str, str] = {}
    last = ""
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        if named := re.match(r"-- (\w+): (.*)", line):
            last = named[1]
            fields[last] = named[2].strip()
        elif last:
            fields[last] += " " + line.removeprefix("--").strip()
    return fields


def load(path: Path, schema: str) -> Model:
    """One SQL file as a model of that schema."""
    sql = path.read_text("utf-8")
    code = re.sub(r"--[^\n]*", "", sql)
    return Model(f"{schema}.{path.stem}", sql, header(sql), sorted({name.lower() for name in REFERENCE.findall(code)}))


@cache
def layer(schema: str) -> list[Model]:
    """The models of one layer, each after those it reads.

    Raises:
        graphlib.CycleError: models read each other.
    """
    models = {model.name: model for model in (load(path, schema) for path in sorted((FOLDER / schema).glob("*.sql")))}
    order = TopologicalSorter({name: [d for d in m.depends_on if d in models] for name, m in models.items()})
    return [models[name] for name in order.static_order()]


def upstream(of: Sequence[Model]) -> list[Model]:
    """The core and chart models that `of` reads, directly or not, each after those it reads."""
    known = [*layer("core"), *layer("charts")]
    wanted = {name for model in of for name in model.depends_on}
    for model in reversed(known):
        wanted |= set(model.depends_on) if model.name in wanted else set()
    return [model for model in known if model.name in wanted]


@cache
def claims() -> list[Model]:
    """The queries that decide the article's claims, by id; each returns value, verdict and evidence."""
    return [load(path, "claims") for path in sorted((FOLDER / "claims").glob("*.sql"))]
