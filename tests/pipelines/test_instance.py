"""Test Dagster's home: its settings, orphaned runs, old runs, and the reason of a failed run."""

import hashlib
import os
import queue
import shutil
import signal
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipelines import event_log, history_files, instance, refusal
from schemas.errors import OUT_OF_MEMORY, Refused, Unusable

LOG = "history/runs/event_log.db"


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home."""
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    return tmp_path


def test_orphaned_runs_are_failed_and_old_ones_pruned_with_their_files(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "NEWEST", 3)
    instance.prepare()

    @dg.asset
    def kept():
        """Materialized once, long ago."""
        return dg.MaterializeResult()

    @dg.job(name="refresh")
    def work():
        pass

    with dg.DagsterInstance.get() as history:
        first = dg.materialize([kept], instance=history).run_id
        for _ in range(6):
            work.execute_in_process(instance=history)
        dead = history.create_run_for_job(work, status=dg.DagsterRunStatus.STARTED).run_id
        alive = history.create_run_for_job(work, status=dg.DagsterRunStatus.STARTED).run_id
        assert instance.fail_orphaned_runs(history, alive) == [dead]
        assert history.get_run_by_id(dead).status == dg.DagsterRunStatus.FAILURE
        assert len(instance.prune(history)) == 4  # of eight finished; three are the newest, one has an asset's last state
        left = {r.run_id for r in history.get_runs()}
        assert len(left) == 5 and {first, alive, dead} <= left
        with sqlite3.connect(own_home / "dagster" / LOG) as log:
            assert {run_id for (run_id,) in log.execute("select run_id from event_logs")} <= left
        assert {p.name for p in (own_home / "dagster" / "storage").iterdir()} <= left


def test_what_checks_found_goes_with_the_runs(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster keeps it for ever: half a megabyte a refresh."""
    monkeypatch.setattr(instance, "NEWEST", 2)
    instance.prepare()

    @dg.asset(check_specs=[dg.AssetCheckSpec("holds", asset="checked")])
    def checked():
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])

    with dg.DagsterInstance.get() as history:
        for _ in range(5):
            assert dg.materialize([checked], instance=history).success
        assert len(instance.prune(history)) == 3
        left = {r.run_id for r in history.get_runs()}
        found = history.event_log_storage.get_asset_check_execution_history(dg.AssetCheckKey(dg.AssetKey("checked"), "holds"), limit=9)
        assert {execution.run_id for execution in found} == left and len(left) == 2


def test_the_page_of_a_run_hears_of_its_events(own_home: Path) -> None:
    """The process of the run keeps its files open; the web server watches them from outside."""
    instance.prepare()

    @dg.job(name="refresh")
    def work():
        pass

    heard: queue.Queue[dg.EventLogEntry] = queue.Queue()
    with dg.DagsterInstance.get() as server, dg.DagsterInstance.get() as process:
        run = process.create_run_for_job(work)
        process.report_engine_event("created", run)
        server.watch_event_logs(run.run_id, None, lambda entry, cursor: heard.put(entry))
        for message in ("first", "last"):
            process.report_engine_event(message, run)
            while heard.get(timeout=10).message != message:
                pass


def test_a_process_that_ran_a_job_holds_no_file_of_the_history(own_home: Path) -> None:
    instance.prepare()

    @dg.job
    def work():
        pass

    with dg.DagsterInstance.get() as history:
        work.execute_in_process(instance=history)
    files = list((own_home / "dagster" / "history" / "runs").glob("*.db"))
    opened = {os.path.realpath(path) for path in Path("/proc/self/fd").iterdir()}
    assert files and opened.isdisjoint(map(str, files))


def test_the_history_of_an_earlier_version_is_used(own_home: Path) -> None:
    """It had a file for each run, and an index of all runs whose last events may be in its write-ahead log only."""

    @dg.asset
    def table():
        return dg.MaterializeResult(metadata={"rows": 7})

    settings = instance.prepare() / "dagster.yaml"
    text = settings.read_text()
    settings.write_text("telemetry:\n  enabled: false\n")
    with dg.DagsterInstance.get() as earlier:
        run_id = dg.materialize([table], instance=earlier).run_id
    folder = own_home / "dagster" / "history" / "runs"
    index = sqlite3.connect(folder / "index.db")
    index.execute("update secondary_indexes set name = 'last' where id = 1")
    index.commit()
    for name in ("index.db", "index.db-wal"):
        shutil.copy(folder / name, own_home)
    index.close()  # and deletes the log; a killed process leaves it
    for name in ("index.db", "index.db-wal"):
        shutil.copy(own_home / name, folder)
    assert (folder / f"{run_id}.db").exists()
    settings.write_text(text)
    with instance.history() as history:
        assert history.get_latest_materialization_event(dg.AssetKey("table")).asset_materialization.metadata["rows"].value == 7
        assert history.get_run_by_id(run_id).is_success
        assert history.event_log_storage.has_secondary_index("last")
        assert {path.name.split("-")[0] for path in folder.iterdir()} == {"event_log.db"}


def test_events_are_stored_compressed_and_those_of_an_earlier_version_are_read(own_home: Path) -> None:
    instance.prepare()

    @dg.asset
    def table():
        return dg.MaterializeResult(metadata={"preview": "the same words " * 200})

    with dg.DagsterInstance.get() as history:
        run_id = dg.materialize([table], instance=history).run_id
        stored = history.all_logs(run_id)
    with closing(sqlite3.connect(own_home / "dagster" / LOG)) as log, log:
        events = log.execute("select id, event from event_logs").fetchall()
        assert max(len(event) for _, event in events) < 1000 and {type(event) for _, event in events} == {bytes}
        for row, event in events:
            log.execute("update event_logs set event = ? where id = ?", [event_log.Compressed().process_result_value(event, None), row])
    with dg.DagsterInstance.get() as history:
        assert history.all_logs(run_id) == stored


def test_that_a_step_yielded_an_output_is_not_stored(own_home: Path) -> None:
    """The events of the asset and of its check say so too; these would be a third of the events of a refresh."""
    instance.prepare()

    @dg.asset(check_specs=[dg.AssetCheckSpec("holds", asset="table")])
    def table():
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])

    with dg.DagsterInstance.get() as history:
        run_id = dg.materialize([table], instance=history).run_id
        found = [entry.dagster_event_type for entry in history.all_logs(run_id)]
    kinds = dg.DagsterEventType
    assert found.count(kinds.ASSET_MATERIALIZATION) == found.count(kinds.ASSET_CHECK_EVALUATION) == 1 and kinds.STEP_OUTPUT not in found


def test_a_history_that_several_homes_share_is_left_alone(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance.prepare()
    with dg.DagsterInstance.get() as history:
        monkeypatch.setenv("DYAD_HOME", str(own_home / "another"))
        monkeypatch.setattr(instance, "NEWEST", 0)
        history.create_run_for_job(
            dg.JobDefinition(name="work", graph_def=dg.GraphDefinition(name="g")), status=dg.DagsterRunStatus.STARTED
        )
        assert instance.fail_orphaned_runs(history, "") == [] and instance.prune(history) == []


@pytest.mark.parametrize("text", [b": : {", b"run_storage: 5", b"nobody: knows", b"\xff\xfe", b"[" * 5000])
def test_settings_of_the_history_that_cannot_be_used_are_reported(text: bytes, own_home: Path) -> None:
    (instance.prepare() / "dagster.yaml").write_bytes(text)
    with pytest.raises(Unusable, match="dagster.yaml.* cannot be used.* delete it"), instance.history():
        pass
    with pytest.raises(Unusable, match="dagster.yaml.* cannot be used"):
        instance.main()


@pytest.mark.parametrize("at", ["'s settings", "telemetry", "event_log_storage", "  module"])
def test_settings_of_the_history_that_are_cut_are_reported(at: str, own_home: Path) -> None:
    """A file that ends in its comment is valid YAML, and Dagster would begin another history."""
    text = instance.TEMPLATE.read_text("utf-8")
    file = instance.prepare() / "dagster.yaml"
    file.write_text(text[: text.index(at)], "utf-8")
    with pytest.raises(Unusable, match="dagster.yaml.* cannot be used.* delete it"), instance.history():
        pass
    assert bool(history_files.settings_problem(own_home / "dagster")) == (at != "  module")  # Dagster itself refuses that cut
    file.write_text("telemetry:\n  enabled: false\n", "utf-8")  # a person's own settings
    with instance.history():
        assert history_files.settings_problem(own_home / "dagster") == ""


@pytest.mark.parametrize("file", ["history/runs.db", LOG, "schedules/schedules.db"])
def test_an_empty_file_of_the_history_is_filled_and_a_damaged_one_is_reported(file: str, own_home: Path) -> None:
    with instance.history():
        pass
    path = own_home / "dagster" / file
    path.write_bytes(b"")
    with instance.history() as history:
        assert history.get_runs() == []
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(Unusable, match="the run history in .* cannot be written: file is not a database"), instance.history() as history:
        history.get_runs()
        history.all_asset_keys()


EARLIER = """# Dagster's settings for a home: copied to <home>/dagster/ when it has none yet.
telemetry:
  enabled: false
event_log_storage:
  module: pipelines.history
  class: EventLog
"""


def test_an_unedited_earlier_template_is_replaced_by_todays(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = instance.prepare() / "dagster.yaml"
    settings.write_text(EARLIER)
    monkeypatch.setattr(instance, "EARLIER_TEMPLATES", {hashlib.sha256(EARLIER.encode()).hexdigest()})
    with instance.history():
        assert settings.read_bytes() == instance.TEMPLATE.read_bytes()


def test_edited_settings_that_name_a_moved_module_are_refused_in_one_line(own_home: Path) -> None:
    settings = instance.prepare() / "dagster.yaml"
    settings.write_text(EARLIER + "# ours\n")
    with pytest.raises(Unusable, match="dagster.yaml names pipelines.history, which does not exist: write pipelines.event_log instead"):
        instance.prepare()
    assert settings.read_text() == EARLIER + "# ours\n"


def test_the_page_neither_asks_for_an_address_nor_reports_its_use(own_home: Path) -> None:
    with instance.history() as history:
        assert (history.nux_enabled, history.telemetry_enabled) == (False, False)


def test_edited_settings_are_left_alone(own_home: Path) -> None:
    settings = instance.prepare() / "dagster.yaml"
    edited = settings.read_text() + "# ours\n"
    settings.write_text(edited)
    instance.prepare()
    assert settings.read_text() == edited


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("a.csv:2: wrong\nb.csv:3: wrong too", "a.csv:2: wrong\nb.csv:3: wrong too"),
        ("raw.exercise: Out of Memory Error: failed to allocate; correct the figures", OUT_OF_MEMORY),
    ],
)
def test_a_refusal_fails_its_step_with_its_sentence_alone(message: str, reason: str) -> None:
    @dg.op
    def refusing() -> None:
        with refusal.failing_in_one_sentence():
            raise Refused(message)

    @dg.job
    def work() -> None:
        refusing()

    events = work.execute_in_process(raise_on_error=False).all_events
    assert refusal.reason(events) == reason
    assert next(e for e in events if e.is_step_failure).step_failure_data.error.cause is None


def test_an_interrupted_run_says_so() -> None:
    @dg.op
    def interrupted() -> None:
        raise dg.DagsterExecutionInterruptedError

    @dg.job
    def work() -> None:
        interrupted()

    events = work.execute_in_process(raise_on_error=False).all_events
    assert refusal.reason(events) == "the run was interrupted; start it again"


def endless_query() -> None:
    """Run a query that only an interrupt ends, and send it."""
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    duckdb.connect(config={"threads": 1}).sql("select sum(a.range * b.range) from range(1000000) a, range(1000000) b").fetchall()


def test_a_run_interrupted_within_a_query_says_so() -> None:
    """DuckDB raises an error of its own for the signal."""

    @dg.op
    def querying() -> None:
        endless_query()

    @dg.job
    def work() -> None:
        querying()

    events = work.execute_in_process(raise_on_error=False).all_events
    assert refusal.reason(events) == refusal.INTERRUPTED


def test_an_interrupted_query_ends_the_run_before_a_step_that_does_not_need_it() -> None:
    """With DuckDB's own error the step alone would fail, and the interrupt would be lost on the others."""
    began = []

    @dg.op
    def first() -> None:
        with refusal.failing_in_one_sentence():
            began.append("first")
            if len(began) == 1:
                endless_query()

    @dg.job
    def work() -> None:
        first.alias("one")()
        first.alias("two")()

    events = work.execute_in_process(raise_on_error=False).all_events
    assert refusal.reason(events) == refusal.INTERRUPTED
    assert len(began) == 1
