"""Serve the current release to an assistant by the Model Context Protocol on standard input and output: `dyad mcp`.

Put here what a tool takes and how it is described; what it answers is computed in `warehouse`.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import Field, ValidationError

from pipelines import bounded
from pipelines.cli.ask import SHOWN_LINES, chosen
from pipelines.cli.printing import plain
from schemas.errors import Refused, Unusable
from warehouse.connect import Connection, as_records, as_unusable, connect, release
from warehouse.home import MANIFEST
from warehouse.release import catalogue, manifest
from warehouse.release import trace as ledger

INSTRUCTIONS = f"""
Figures on how closely two states train, trade and vote together. Each answer names its release and the ids of the figures it rests on;
quote both with a figure, and its basis and qualifications. Call `datasets`, then `describe` for a dataset, then `query` with DuckDB's SQL:
one statement, read-only, at most {bounded.SECONDS:g} seconds. Select the column `evidence` too. `trace` gives publisher, document and line.
For any two states, `from dyad('FRA', 'DEU')` has a row a year with trade, exercises, votes and blocs; core.evidence describes its ids.
"""
NO_EVIDENCE = "no evidence ids among the rows: select the column `evidence` too, or flatten(list(evidence)) if you aggregate"
Limit = Annotated[int, Field(ge=1, le=1000, description="Largest number of rows in the answer")]


@dataclass
class Answer:
    """The result of a tool, the release it comes from, the ids of the figures in it, and what a reader must know about it."""

    release: str
    evidence_ids: list[str]
    result: Any
    notes: list[str] = field(default_factory=list)


class Server(MCPServer[None]):
    """A server that refuses unknown arguments, and whose errors are one line each."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[None, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool.

        Raises:
            ToolError: the arguments are wrong, or the request cannot be served.
            UnexpectedToolError: the tool has a bug.
        """
        known = {tool.name: tool.input_schema["properties"] for tool in await self.list_tools()}
        if unknown := [argument for argument in arguments if argument not in known.get(name, arguments)]:
            takes = ", ".join(known[name]) or "no arguments"
            raise ToolError(f"{name}: unknown argument {unknown[0]!r}; it takes {takes}")
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            cause = error.__cause__
            if isinstance(error, UnexpectedToolError) and not isinstance(cause, Unusable | Refused | OSError):
                raise
            message = "; ".join(_problems(cause)) if isinstance(cause, ValidationError) else str(cause or error)
            raise ToolError(" ".join(message.split())) from None


def _problems(error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        yield f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"


@contextlib.asynccontextmanager
async def _ready(_: MCPServer[None]) -> AsyncIterator[None]:
    """Prepare for queries while standard output is closed to all but the protocol."""
    bounded.prepare()
    yield


SERVER = Server("dyad", instructions=INSTRUCTIONS, log_level="ERROR", lifespan=_ready)
tool = SERVER.tool(annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False))


@tool
def datasets() -> Answer:
    """List the datasets: what a row is, the number of rows, the columns of the key, and one row as an example."""
    return _answer(release(), catalogue.datasets)


@tool
def describe(table: Annotated[str, Field(description="A dataset, such as trade_dependence, or schema.table")]) -> Answer:
    """Describe a table: its columns with units, the meaning of every coded value, its key, and one row as an example."""
    return _answer(release(), lambda con: catalogue.describe(con, table))


@tool
def query(sql: Annotated[str, Field(description="One statement of DuckDB's SQL")], limit: Limit = 100) -> Answer:
    """Run one read-only SQL statement on the current release, and return its first rows."""
    folder = release()
    found = bounded.query(sql, folder, limit)
    answer = Answer(folder.name, found.evidence_ids, {"columns": found.columns, "rows": found.rows})
    if found.has_more:
        answer.notes.append(f"only the first {limit} rows are here: raise `limit`, or aggregate")
    if found.rows and not found.evidence_ids:
        answer.notes.append(NO_EVIDENCE)
    return answer


@tool
def trace(
    dataset: str,
    key: Annotated[list[str | int], Field(description='Values of its key in order, or some as "column=value"')],
) -> Answer:
    """Trace one row of a dataset to the publishers, the documents and the lines of the files that it was computed from."""
    return _answer(release(), lambda con: _chain(con, dataset, [str(value) for value in key]))


@tool
def claims(ids: Annotated[list[str], Field(description="Such as C07; empty for all")] = []) -> Answer:  # noqa: B006  never changed
    """List what texts claim about the pair, with value and verdict on the text's day and on the release's day."""
    return _answer(release(), lambda con: chosen(as_records(con.execute(ledger.CLAIMS)), tuple(ids)))


@tool
def changes(limit: Limit = 30) -> Answer:
    """List what changed from the release that the current one follows, the gravest change first."""
    folder = release()
    follows = manifest.read(folder / MANIFEST).get("follows")
    answer = _answer(folder, lambda con: {"follows": follows, "changes": catalogue.changes(con, limit + 1)})
    if len(answer.result["changes"]) > limit:
        del answer.result["changes"][limit:]
        answer.notes.append(f"only the first {limit} changes are here: raise `limit`, or query catalog.change")
    return answer


def _chain(con: Connection, dataset: str, key: list[str]) -> dict[str, Any]:
    """Return a row and its figures, each with its first lines and the number of the others: a table may be cited as a whole block."""
    chain = ledger.trace(con, dataset, key)
    for figure in chain["evidence"]:
        figure["more_lines"] = len(figure["lines"][SHOWN_LINES:])
        del figure["lines"][SHOWN_LINES:]
    return chain


def _answer(folder: Path, compute: Callable[[Connection], Any]) -> Answer:
    """Return what `compute` returns on a connection to a release, as JSON types, with the ids of the figures that it names."""
    with as_unusable(), connect(folder) as con:
        result = plain(compute(con))
        return Answer(folder.name, catalogue.evidence_ids(con, result), result)
