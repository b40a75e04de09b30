"""Test that DuckDB 1.5 queries a release over HTTP from `dyad page`, and reads only parts of the file."""

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from pipelines import web

pytestmark = [pytest.mark.clients, pytest.mark.enable_socket]
PROGRAM = """
import json, pathlib, sys
import duckdb, duckdb_extension_httpfs
[extension] = pathlib.Path(duckdb_extension_httpfs.__file__).parent.rglob("httpfs.duckdb_extension")
con = duckdb.connect()
con.execute(f"load '{extension}'")
con.execute(f"attach '{sys.argv[1]}' as dyad (read_only)")
print(json.dumps(con.execute(sys.argv[2]).fetchall()))
"""


def test_duckdb_queries_a_release_over_http(programs: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    send = web.Reader.copyfile

    def counted(self: web.Reader, *files: Any) -> None:
        sent.append(self.remaining)
        send(self, *files)

    monkeypatch.setattr(web.Reader, "copyfile", counted)
    release = (home / "current").resolve()
    query = "select draft_symbol, veto_type from dyad.charts.security_council_vetoes order by all"
    with web.Server(home, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/releases/{release.name}/warehouse.duckdb"
        done = subprocess.run([programs / "python", "-c", PROGRAM, address, query], capture_output=True, text=True, timeout=120)
        server.shutdown()
    assert done.returncode == 0, done.stderr
    assert ["S/2007/14", "joint"] in json.loads(done.stdout)
    size = (release / "warehouse.duckdb").stat().st_size
    assert 0 < sum(sent) < size / 4
