"""Test that a truncated or damaged file of a home stops only the commands that need it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipelines import doctor
from pipelines.cli.main import main
from schemas.errors import Unusable
from sources.live import staleness
from warehouse import connect
from warehouse.home import current_release
from warehouse.release import digests, manifest, publish, retention

TORN = {
    "empty": b"", "cut": b'{"release": "2026', "a list": b"[]", "bytes": b"\xff\x00", "another release's": None,
}  # fmt: skip


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home with two stand-ins for releases, the newer one current."""
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    for name in ("2026-01-01-aaaaaaaaaaaa", "2026-01-02-bbbbbbbbbbbb"):
        folder = tmp_path / "releases" / name
        folder.mkdir(parents=True)
        duckdb.connect(str(folder / "warehouse.duckdb")).close()
        about = {"release": name, "as_of": name[:10], "dyads": ["CHN-RUS"], "files": digests.of_files(folder)}
        (folder / "manifest.json").write_text(json.dumps(about))
    (tmp_path / "current").symlink_to(f"releases/{name}")
    return tmp_path


@pytest.mark.parametrize("kind", TORN)
def test_a_torn_manifest_of_an_old_release_stops_nothing(kind: str, own_home: Path) -> None:
    torn = own_home / "releases" / "2026-01-01-aaaaaaaaaaaa" / "manifest.json"
    torn.write_bytes(TORN[kind] if TORN[kind] is not None else (current_release(own_home) / "manifest.json").read_bytes())
    assert [m["release"] for m in manifest.releases(own_home)] == ["2026-01-02-bbbbbbbbbbbb"]
    assert manifest.damaged(own_home) == [torn.parent] and retention.prune(own_home) == []
    listed = CliRunner().invoke(main, ["releases"])
    assert listed.exit_code == 0 and "!  2026-01-01-aaaaaaaaaaaa  damaged manifest" in listed.output
    wrong = [f.line for f in doctor.examine(own_home, own_home / "dagster") if f.state == "wrong"]
    assert any(line.startswith(str(torn)) for line in wrong)


def links() -> dict[str, str]:
    return {"itself": "current", "nothing": "releases/none", "elsewhere": "/etc"}


@pytest.mark.parametrize("target", links().values(), ids=links())
def test_a_current_that_leads_nowhere_is_mended(target: str, own_home: Path) -> None:
    (own_home / "current").unlink()
    (own_home / "current").symlink_to(target)
    assert len(manifest.releases(own_home)) == 2
    findings = list(doctor.examine(own_home, own_home / "dagster"))
    assert any(f.state == "mended" and "2026-01-02-bbbbbbbbbbbb" in f.line for f in findings)
    assert current_release(own_home).name == "2026-01-02-bbbbbbbbbbbb"


def test_a_file_in_place_of_the_build_folder_is_removed(own_home: Path) -> None:
    (own_home / "building").write_text("x")
    assert publish.begin(own_home, "run").is_dir()


def test_a_torn_list_of_stale_sources_is_written_again(own_home: Path) -> None:
    (own_home / "live").mkdir()
    (own_home / "live" / "stale.json").write_text("")
    assert staleness.record(own_home, [], []) == {}


def test_a_release_that_another_program_writes_to_is_not_called_damaged(own_home: Path) -> None:
    file = current_release(own_home) / "warehouse.duckdb"
    program = f"import duckdb; con = duckdb.connect({str(file)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ) as viewer:
        assert viewer.stdout.readline() == b"open\n"
        with pytest.raises(Unusable, match=rf"warehouse.duckdb is open for writing in .*PID {viewer.pid}"):
            connect.connect(current_release(own_home))
        viewer.communicate(b"\n")
