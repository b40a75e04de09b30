"""Load the SQL models, `<layer>/<table>.sql`, one SELECT per file, with the fields of their headers and the tables they read.

The queries that decide claims are `claims/<text>/<id>_<words>.sql`, beside a `text.yaml` that describes the text.

Put the code that runs a model in `warehouse.build`.
"""

import datetime as dt
import re
from collections.abc import Sequence
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import yaml

from schemas.errors import Unusable

FOLDER = Path(__file__).parent
# required fields of a header: for readers of the SQL, and for the files that describe an exported dataset
HEADERS = {
    "core": ("grain", "key"),
    "charts": ("grain", "key", "chapter", "title", "row_text", "unit", "counting_rule", "how_to_read", "not_shown"),
    "claims": ("dyad", "section", "quote", "claim", "rule", "claimed", "searched"),
    "views": ("view",),
}
REFERENCE = re.compile(r"\b(?:from|join)\s+((?:raw|core|charts|catalog|bulk|views)\.[a-z0-9_]+)", re.IGNORECASE)


class Model(NamedTuple):
    """A model, a view or a claim's query: its name (`core.trade_flow`), its SELECT, its header fields and the tables it reads."""

    name: str
    sql: str
    header: dict[str, str]
    depends_on: list[str]

    @property
    def table(self) -> str:
        """Return the name without its layer: `trade_flow`."""
        return self.name.split(".")[-1]

    @property
    def claim_id(self) -> str:
        """Return the id of the claim that the query decides: `claims.cfr_2024.c01_exercises_more_frequent` decides C01."""
        return self.table.split("_")[0].upper()


class ClaimedText(NamedTuple):
    """A text whose claims are decided: its folder's name, the fields of `text.yaml`, and the queries, by claim id."""

    text: str
    title: str
    author: str | None
    publisher: str
    published_on: dt.date
    url: str
    claims: list[Model]


def header(sql: str) -> dict[str, str]:
    """Return the `-- name: text` lines at the top of a file; a line without a name continues the line before."""
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
    """Read one SQL file as a model of that schema.

    Raises:
        Unusable: its header lacks a field.
    """
    sql = path.read_text("utf-8")
    fields = header(sql)
    place = path.relative_to(FOLDER)
    if missing := [name for name in HEADERS.get(schema, ()) if name not in fields]:
        raise Unusable(f"warehouse/models/{place}: its first lines lack `-- {missing[0]}: ...`; add it")
    code = re.sub(r"--[^\n]*", "", sql)
    name = ".".join(place.with_suffix("").parts)
    return Model(name, sql, fields, sorted({name.lower() for name in REFERENCE.findall(code)}))


@cache
def layer(schema: str) -> list[Model]:
    """Return the models of one layer, each after those it reads.

    Raises:
        graphlib.CycleError: models read each other.
        Unusable: a model without a class, a class without a model, or a header that contradicts the class.
    """
    models = {model.name: model for model in (load(path, schema) for path in sorted((FOLDER / schema).glob("*.sql")))}
    if schema in ("core", "charts"):
        _check_declarations(schema, models)
    order = TopologicalSorter({name: [d for d in m.depends_on if d in models] for name, m in models.items()})
    return [models[name] for name in order.static_order()]


def _check_declarations(schema: str, models: dict[str, Model]) -> None:
    """Check that every model has its class, and every class its model."""
    from schemas import registry, render  # imported here: world trade reads its models without the slow import of pandas

    classes = {name: model for name, model in registry.MODELED.items() if name.startswith(f"{schema}.") and name != "charts.claims"}
    for name in sorted(models.keys() | classes.keys()):
        path, table = f"warehouse/models/{name.replace('.', '/')}.sql", name.split(".")[1]
        if name not in classes:
            raise Unusable(f"{path}: schemas/{schema}.py declares no class {table.title().replace('_', '')} for it; add it")
        if name not in models:
            raise Unusable(f"schemas/{schema}.py: {path}, the SQL of {classes[name].__name__}, is missing; add it")
        if (key := ", ".join(render.key(classes[name]))) != models[name].header["key"]:
            raise Unusable(f"{path}: its header gives key {models[name].header['key']}, its class {key}; correct one of them")


def upstream(targets: Sequence[Model]) -> list[Model]:
    """Return the core and chart models that `targets` read, directly or indirectly, each after those it reads."""
    candidates = [*layer("core"), *layer("charts")]
    names = {name for model in targets for name in model.depends_on}
    for model in reversed(candidates):
        names |= set(model.depends_on) if model.name in names else set()
    return [model for model in candidates if model.name in names]


@cache
def texts() -> list[ClaimedText]:
    """Return the texts whose claims are decided, by name.

    Raises:
        Unusable: a `text.yaml` lacks a field or has another, or a file's name does not begin with the id of its claim.
    """
    return [_text(path.parent) for path in sorted((FOLDER / "claims").glob("*/text.yaml"))]


def claims() -> list[Model]:
    """Return the queries that decide claims, by text and id; each returns value, verdict and evidence."""
    return [claim for text in texts() for claim in text.claims]


def _text(folder: Path) -> ClaimedText:
    where = f"warehouse/models/claims/{folder.name}"
    fields = yaml.safe_load((folder / "text.yaml").read_text("utf-8"))
    expected = set(ClaimedText._fields) - {"text", "claims"}
    if wrong := sorted(expected ^ fields.keys()):
        raise Unusable(
            f"{where}/text.yaml: {'add' if wrong[0] in expected else 'remove'} {wrong[0]}; its keys must be {', '.join(sorted(expected))}"
        )
    claims = [load(path, "claims") for path in sorted(folder.glob("*.sql"))]
    for model in claims:
        if not re.fullmatch(r"C\d\d", model.claim_id):
            raise Unusable(f"{where}/{model.table}.sql: the file's name must begin with the claim's id, such as c19_; rename it")
    return ClaimedText(text=folder.name, claims=claims, **fields)
