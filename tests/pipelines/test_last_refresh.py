"""Test that the end of the last refresh is recorded, whatever started it and however it ended."""

from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner

from pipelines import inputs, instance, last_refresh, launch
from pipelines.cli.main import main
from pipelines.definitions import defs
from schemas.errors import Refused, Unusable
from sources import snapshot
from warehouse.release.locks import refresh_lock


def test_the_first_failure_of_a_row_dates_them_all_until_a_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter("abcdefghi")
    monkeypatch.setattr(last_refresh, "_now", lambda: next(times))
    assert last_refresh.read(tmp_path) is None
    for message in ("first\nmore", "second"):
        last_refresh.begin(tmp_path, "run")
        last_refresh.end(tmp_path, message, is_published=False)
    assert last_refresh.read(tmp_path) == ("d", "second", "b")
    last_refresh.begin(tmp_path, "some steps only")
    last_refresh.end(tmp_path, None, is_published=False)
    assert last_refresh.read(tmp_path) == ("d", "second", "b")
    last_refresh.begin(tmp_path, "run")
    last_refresh.end(tmp_path, None, is_published=True)
    assert last_refresh.read(tmp_path) is None


def test_a_refresh_that_died_is_known_by_the_free_lock(tmp_path: Path) -> None:
    with refresh_lock(tmp_path):
        last_refresh.begin(tmp_path, "alive")
        assert last_refresh.read(tmp_path) is None, "it is at work"
    died = last_refresh.read(tmp_path)
    assert died.message == last_refresh.DIED and died.since == died.at
    last_refresh.begin(tmp_path, "next")
    last_refresh.end(tmp_path, "wrong", is_published=False)
    assert last_refresh.read(tmp_path)[1:] == ("wrong", died.at)


def test_a_refusal_before_the_run_is_recorded_unless_the_home_is_locked(tmp_path: Path) -> None:
    with refresh_lock(tmp_path):
        last_refresh.refused(tmp_path, "not recorded")
    assert last_refresh.read(tmp_path) is None
    last_refresh.refused(tmp_path, "origin.yaml: damaged\nmore")
    last_refresh.refused(tmp_path, "origin.yaml: still damaged")
    failure = last_refresh.read(tmp_path)
    assert failure.message == "origin.yaml: still damaged" and failure.since <= failure.at


@pytest.mark.parametrize("options", [[], ["--dyad", "CHN-USA"], ["--live"]])
def test_a_source_that_cannot_be_read_is_the_reason_of_the_failure(
    options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise Refused("origin.yaml:1: damaged")

    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    monkeypatch.setattr(snapshot, "sources", fails)
    monkeypatch.setattr(launch, "defs", fails)
    assert CliRunner().invoke(main, ["refresh", *options]).exit_code == 1
    assert last_refresh.read(tmp_path).message == "origin.yaml:1: damaged"


@pytest.mark.parametrize("body", ["{", "[]", '{"failed": {"at": 1}}', '{"running": {"run": 1}}', '{"failed": 1}'])
def test_a_damaged_record_is_reported_and_stops_no_refresh(body: str, tmp_path: Path) -> None:
    (tmp_path / "last_refresh.json").write_text(body)
    with pytest.raises(Unusable, match="last_refresh.json is damaged: delete it"):
        last_refresh.read(tmp_path)
    last_refresh.begin(tmp_path, "run")
    last_refresh.end(tmp_path, None, is_published=True)
    assert last_refresh.read(tmp_path) is None


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Refused("x.csv:2: wrong"), "x.csv:2: wrong"),
        (OSError(28, "No space left on device"), "No space left"),
        (dg.DagsterExecutionInterruptedError(), None),
    ],
)
def test_the_lock_is_held_for_the_run_and_freed_after_a_failure_that_is_recorded(
    error: BaseException, message: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))

    def fails(*_: object) -> None:
        with pytest.raises(Unusable, match="another command is changing"), refresh_lock(tmp_path):
            pass
        raise error

    monkeypatch.setattr(inputs, "read", fails)
    with instance.history() as history:
        assert not defs().resolve_job_def("refresh").execute_in_process(instance=history, raise_on_error=False).success
    with refresh_lock(tmp_path):
        pass
    failure = last_refresh.read(tmp_path)
    assert failure is None if message is None else message in failure.message, "an interrupted run did not fail"
