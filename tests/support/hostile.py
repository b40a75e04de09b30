"""Define the entry points for bytes and arguments, and make hostile cases for them out of valid ones.

An entry point must accept a case or raise an error of its own type. Put here entry points and mistakes, not the number of cases (the
tests, `campaigns.fuzz`).
"""

import contextlib
import json
import random
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from unittest.mock import patch

import duckdb
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.unchanged import Published
from schemas.errors import Refused, Unusable
from sources import snapshot
from sources.connector import Request, connectors
from sources.live import answers as store
from sources.live import drop_folder, http
from sources.live.parsing import parse_answer
from tests.support.publishers import SCOPE, Publishers
from warehouse.release import trace

Entrance = Callable[[bytes], None]

CONNECTORS = {c.source: c for c in connectors() if c.parse}
# tokens that often break parsers of tables and documents
TOKENS = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b'"\\ud800"', b'"', b"'", b"''", b'""', b"\r", b"\n", b"\r\n", b"\x0b", b"\x1c",
    b"\xe2\x80\xa8", b",", b";", b"=cmd|' /C calc'!A0", b"<script>alert(1)</script>", b"</td>", b"<td colspan=9999999>", b"<!--", b"<![CDATA[",
    b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-0", b"1_000", b"0x10", b"9" * 400, b"1e308", b"true", b"null", b"[]", b"{}", b'[{"a":[1]}]',
    b"2023-02-30", b"0000-00-00", b"10000-01-01", b"99999999999-01-01", b"-1", b"\xd9\xa3", b"\xef\xbc\x91", b"../../etc/passwd", b"%s%n", b"{0}",
    b"$(id)", b"; drop table x; --", b"[" * 200, b"{" * 200, b"\\u0000", b"\xf0\x9f\x92\xa9", b"a" * 2000, b"&#x110000;", b"&#1;",
]  # fmt: skip


@cache
def honest() -> dict[str, tuple[Request, bytes]]:
    """Return a request and its honest answer for every connector with a parser."""
    world, exchanges = Publishers(), {}
    for source, connector in CONNECTORS.items():
        answer = getattr(world, f"answer_{source}")
        path = lambda request: request.url.split("/", 3)[3]  # noqa: E731
        answers = {d.name: answer(path(d), d.params).body for d in connector.detectors(SCOPE)}
        requests = list(connector.requests(SCOPE, answers))
        request = requests[0] if source == "un_sc_vetoes" else requests[-1]
        exchanges[source] = (request, answer(path(request), request.params).body)
    return exchanges


def spoiled(body: bytes, rng: random.Random) -> bytes:
    """Return the bytes with one to four mistakes: a part deleted, repeated or replaced, or a token inserted."""
    for _ in range(rng.randint(1, 4)):
        body = rng.choice(_mistakes(body, rng))[: 1 << 20]
    return body


def _mistakes(body: bytes, rng: random.Random) -> list[bytes]:
    at, to = sorted(rng.randint(0, len(body)) for _ in range(2))
    token = rng.choice(TOKENS)
    return [
        body[:at],
        body[:at] + body[to:],
        body[:at] + token + body[at:],
        body[:at] + token + body[at + len(token) :],
        body[:at] + rng.randbytes(rng.randint(1, 3)) + body[at + 1 :],
        body[:to] + body[at:to] + body[to:],
        _value(body, token, rng),
    ]


def _value(body: bytes, token: bytes, rng: random.Random) -> bytes:
    """Replace a value of a JSON document, a cell of a table or a word of a page, so that the document stays well formed."""
    edges = [n for n, byte in enumerate(body) if byte in b',:<>"[]{}\n;&=']
    if len(edges) < 2:
        return token
    n = rng.randrange(len(edges) - 1)
    return body[: edges[n] + 1] + token + body[edges[n + 1] :]


def parser(source: str) -> Entrance:
    """Return the entry point of a publisher's answers."""
    request, _ = honest()[source]

    def enter(body: bytes) -> None:
        try:
            parse_answer(CONNECTORS[source], request, body)
        except Refused as error:
            assert "\n" not in str(error)

    return enter


def dropped(body: bytes) -> None:
    """Parse a file of a curated source in the drop folder."""
    for kind in ("exercise", "documents"):
        connector = CONNECTORS["un_sc_vetoes"]._replace(source="dyad_exercises", parse=drop_folder.parse)
        try:
            parse_answer(connector, Request(kind, "", expects="csv", kind=kind, is_bundle=True), body)
        except Refused as error:
            assert "\n" not in str(error)


def snapshot_file(body: bytes) -> None:
    """Read a snapshot's CSV file, which a person may have edited."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "exercise.csv"
        path.write_bytes(body)
        try:
            snapshot.read(snapshot.SnapshotFile("s", "exercise", "s/snapshot/exercise.csv", path, ""))
        except Refused as error:
            assert "\n" not in str(error)


def source_folder(body: bytes) -> None:
    """Read a source's list of digests and its origin, which a person may have edited."""
    with tempfile.TemporaryDirectory() as name:
        for target in ("snapshot/SHA256SUMS", "origin.yaml"):
            folder = Path(name) / target.replace("/", "-") / "fcs_russia"
            (folder / "snapshot").mkdir(parents=True)
            for path in ("snapshot/SHA256SUMS", "snapshot/trade_flow.csv", "snapshot/documents.csv", "origin.yaml"):
                (folder / path).write_bytes(body if path == target else (snapshot.BUNDLED / "fcs_russia" / path).read_bytes())
            with contextlib.suppress(Refused):
                snapshot.sources(folder.parent)


def manifest(body: bytes) -> None:
    """Read and verify the manifest of the kept answers."""
    with tempfile.TemporaryDirectory() as name:
        path = store.folder(Path(name)) / "manifest.jsonl"
        path.parent.mkdir()
        path.write_bytes(body)
        try:
            list(store.manifest(Path(name)))
            store.verify(Path(name))
        except Refused:
            pass


def outside(body: bytes) -> None:
    """Check an answer of any format before it is parsed, archives included."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "body"
        path.write_bytes(body)
        for expects in ("json", "csv", "html", "zip"):
            assert isinstance(http.format_problem(path, expects), str)


def key(con: duckdb.DuckDBPyConnection) -> Entrance:
    """Return the entry point of a row's key, which becomes a parameter of SQL."""

    def enter(body: bytes) -> None:
        dataset, *values = body.decode("utf-8", "surrogateescape").split("\x1f")
        try:
            trace.trace(con, dataset, values)
        except Unusable as error:
            assert "Traceback" not in str(error)

    return enter


def arguments(body: bytes) -> None:
    """Run the command line; a valid `refresh` builds nothing."""
    words = [word for word in body.decode("utf-8", "surrogateescape").split("\x1f") if "\x00" not in word]
    published = Published("a release", unchanged=False, since="", stale={}, kept="")
    with patch("pipelines.launch.refresh", return_value=published), patch("pipelines.unchanged.ended", return_value=published):
        result = CliRunner().invoke(main.main, words, input="")
    assert result.exit_code in (0, 1, 2), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), (words, result.exception)
    assert "Traceback" not in result.output


MANIFEST = (
    json.dumps(
        {
            "source": "s", "request": Request("x", "u")._asdict(), "url": "u", "status": 200, "headers": {}, "fetched_at": "2026-01-01T00:00:00Z",
            "sha256": "ab" * 32, "bytes": 1, "rows": 1,
        }
    )
    + "\n"
).encode()  # fmt: skip


def entrances(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[Entrance, list[bytes]]]:
    """Return every entry point with the honest bytes from which cases are made."""
    bundled = snapshot.BUNDLED
    exercises = b"\n".join((bundled / "dyad_exercises/snapshot/exercise.csv").read_bytes().split(b"\n")[:4]) + b"\n"
    seeds: dict[str, tuple[Entrance, list[bytes]]] = {source: (parser(source), [body]) for source, (_, body) in honest().items()}
    seeds["drop folder"] = (dropped, [exercises])
    seeds["snapshot file"] = (snapshot_file, [exercises])
    seeds["source folder"] = (source_folder, [(bundled / "fcs_russia" / p).read_bytes() for p in ("snapshot/SHA256SUMS", "origin.yaml")])
    seeds["store manifest"] = (manifest, [2 * MANIFEST])
    seeds["answer's outside"] = (outside, [Publishers().answer_cepii_baci("", {}).body, exercises, b"<html></html>", b"[{}]"])
    rows = {"security_council_vetoes": "CHN-RUS S/2007/14", "trade_dependence": "CHN-RUS 2023 CHN A"}
    seeds["key of a row"] = (key(con), ["\x1f".join([name, *values.split()]).encode() for name, values in rows.items()])
    lines = [
        "trace security_council_vetoes CHN-RUS S/2007/14", "trace trade_dependence CHN-RUS 2023 CHN A --json", "claims --json", "status",
        "releases --json", "diff x y", "rollback x", "snapshots --json", "verify", "refresh --as-of 2024-02-30", "refresh --dyad CHN-XXX",
        "refresh --accept-revision x", "refresh --since 12", "sql --json",
    ]  # fmt: skip
    questions = ["sql\x1fselect 1", "sql\x1ffrom charts.claims limit 1", "sql\x1f-- a comment"]
    seeds["command line"] = (arguments, [*("\x1f".join(line.split()).encode() for line in lines), *(q.encode() for q in questions)])
    return seeds
