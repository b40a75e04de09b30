"""Test that a truncated or damaged file of a home stops only the commands that need it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipelines import doctor, last_refresh
from pipelines.cli.main import main
from schemas.errors import Unusable
from sources.live import staleness
from sources.live.refresh import Outcome
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


def problems(home: Path) -> list[doctor.Finding]:
    return [f for f in doctor.examine(home, home / "dagster") if f.state == "wrong" and "is installed" not in f.line]


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


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"\xff"])
def test_a_torn_manifest_of_the_current_release_is_named(text: bytes, own_home: Path) -> None:
    (current_release(own_home) / "manifest.json").write_bytes(text)
    for words in ("path previous", "diff", "rollback previous"):
        result = CliRunner().invoke(main, words.split())
        assert result.exit_code == 2 and result.output.count("\n") == 1, words
        assert result.output.startswith(f"dyad: {current_release(own_home)}/manifest.json: damaged; "), words


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


TEXTS = {"empty": b"", "a list": b"[]", "bytes": b"\xff", "deep": b"[" * 100_000, "other types": b'{"failed": "x", "source": 3}'}


@pytest.mark.parametrize("file", ["live/stale.json", "last_refresh.json"])
@pytest.mark.parametrize("kind", TEXTS)
def test_a_torn_record_is_named_and_written_again(kind: str, file: str, own_home: Path) -> None:
    path = own_home / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(TEXTS[kind])
    if (file, kind) != ("last_refresh.json", "a list"):  # an empty record, as none
        assert any(f.line.startswith(str(path)) and "delete it" in f.line for f in problems(own_home))
    last_refresh.begin(own_home, "run")
    last_refresh.end(own_home, None, is_published=True)
    assert staleness.record(own_home, [Outcome("imf_imts", "unchanged", "")], []) == {}
    assert not any(str(path) in f.line for f in problems(own_home))


PLACES = [
    "releases", "pins", "snapshots", "live", "drop", "bulk/baci", "temp", "dagster", "dagster/history", "live/imf_imts", "snapshots/imf_imts",
]  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_a_file_in_place_of_a_folder_is_named(name: str, own_home: Path) -> None:
    path = own_home / name
    path.parent.mkdir(exist_ok=True)
    shutil.rmtree(path, ignore_errors=True)
    path.write_bytes(b"")
    assert any(f.line == f"{path} is a file where a folder belongs: move it away" for f in problems(own_home))
    for target in ("nowhere", path.name):
        path.unlink()
        path.symlink_to(target)
        assert any(f.line == f"{path} is a broken link where a folder belongs: move it away" for f in problems(own_home))


@pytest.mark.parametrize("name", ["last_refresh.json", "lock", "live/stale.json"])
def test_a_folder_in_place_of_a_file_is_named(name: str, own_home: Path) -> None:
    (own_home / name).unlink(missing_ok=True)
    (own_home / name).mkdir(parents=True)
    assert any(f.line == f"{own_home / name} is a folder where a file belongs: move it away" for f in problems(own_home))


def test_a_history_that_cannot_be_written_is_not_called_damaged(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own_home / "dagster" / "history").mkdir(parents=True)
    (own_home / "dagster" / "history" / "runs.db").touch()
    assert any("runs.db" in f.line for f in problems(own_home))
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != own_home / "dagster")
    findings = list(doctor.examine(own_home, own_home / "dagster"))
    assert not any("runs.db" in f.line for f in findings)
    assert ("note", f"{own_home}/dagster cannot be written: the run history was not checked") in findings


def test_a_folder_in_place_of_the_next_link_is_removed(own_home: Path) -> None:
    (own_home / "current.new").mkdir()
    assert problems(own_home) == []
    publish.set_current(own_home, "2026-01-01-aaaaaaaaaaaa")


SETTINGS = {"bytes": b"\xff\xfe", "cut": b"telemetry: {", "a list": b"[]", "deep": b"[" * 5_000}


@pytest.mark.parametrize("kind", SETTINGS)
def test_torn_settings_of_the_run_history_are_named(kind: str, own_home: Path) -> None:
    file = own_home / "dagster" / "dagster.yaml"
    file.parent.mkdir()
    file.write_bytes(SETTINGS[kind])
    assert any(f.line.startswith(f"{file}: not ") and "delete it" in f.line for f in problems(own_home))


def test_a_release_that_another_program_writes_to_is_not_called_damaged(own_home: Path) -> None:
    file = current_release(own_home) / "warehouse.duckdb"
    program = f"import duckdb; con = duckdb.connect({str(file)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ) as viewer:
        assert viewer.stdout.readline() == b"open\n"
        with pytest.raises(Unusable, match=rf"warehouse.duckdb is open for writing in .*PID {viewer.pid}"):
            connect.connect(current_release(own_home))
        viewer.communicate(b"\n")
