"""Store Dagster's event log in one SQLite file that stays open, and open the code locations for the web server.

Put here everything that needs a private module of Dagster, nothing else: this file is why Dagster is pinned to a minor version.

Dagster's default storage has a file for each run and copies every asset's and check's events to an index of all runs; it opens and syncs
a file for every event, and compiles its statements again. One file stores an event once and compressed, an engine that stays open
compiles a statement once, and no write waits for the disk: a power failure may lose the last seconds of run history, but no release,
whose files are synced before they are published (`warehouse.release.publish`).
"""

import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as db
from dagster import DagsterEventType, DagsterInstance, EventLogEntry
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, AssetKeyTable, SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.consolidated_sqlite_event_log import (
    SQLITE_EVENT_LOG_FILENAME,
    ConsolidatedSqliteEventLogStorage,
)
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG
from dagster._serdes import ConfigurableClassData
from watchdog.events import FileSystemEvent, PatternMatchingEventHandler
from watchdog.observers import Observer

from warehouse.release.locks import folder_lock

__all__ = ["ASSET_PARTITION_RANGE_END_TAG", "ASSET_PARTITION_RANGE_START_TAG", "EventLog"]
# Dagster would start processes that copy the output of a run in this process to files: Ctrl-C would end them, each with a traceback
UNCAPTURED = {"compute_logs": {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}}
FILE = f"{SQLITE_EVENT_LOG_FILENAME}.db"
INDEX = "index.db"  # of all runs, as an earlier version stored them beside a file for each run


# What most events contain, so that short ones compress well too. Stored events can be read only with the same text: never change it.
FREQUENT = (
    b'"metadata_entries": [{"__class__": "EventMetadataEntry", "description": null, "entry_data": {"__class__": "Value", '
    b'"asset_key": {"__class__": "AssetKey", "path": [" "partition": null, '
    b'"target_materialization_data": {"__class__": "AssetCheckEvaluationTargetMaterializationData", "storage_id": '
    b'"logging_tags": {"job_name": "refresh", "op_name": "resource_fn_name": "None", "resource_name": "None", "pid": '
    b'"solid_handle": {"__class__": "SolidHandle", "name": "", "parent": null}, "step_handle": {"__class__": "StepHandle", "key": "", '
    b'"step_key": "", "step_kind_value": "COMPUTE"}, "error_info": null, "level": 10, "message": "", "pipeline_name": "refresh", '
    b'"run_id": "", "timestamp": , "user_message": "Asset check \''
    b'{"__class__": "EventLogEntry", "dagster_event": {"__class__": "DagsterEvent", "event_specific_data": {"__class__": "AssetCheckEvaluation'
)


class Compressed(db.types.TypeDecorator):
    """Text that is compressed in files, not in Postgres; text that an earlier version stored is read as it is."""

    impl = db.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: db.Dialect) -> Any:
        """Return what is stored."""
        if value is None or dialect.name != "sqlite":
            return value
        stream = zlib.compressobj(zdict=FREQUENT)
        return stream.compress(value.encode()) + stream.flush()

    def process_result_value(self, value: Any, dialect: db.Dialect) -> str | None:
        """Return the text."""
        return zlib.decompressobj(zdict=FREQUENT).decompress(value).decode() if isinstance(value, bytes) else value


for column in (SqlEventLogStorageTable.c.event, AssetCheckExecutionsTable.c.evaluation_event, AssetKeyTable.c.last_materialization):
    column.type = Compressed()


@contextmanager
def workspace(history: DagsterInstance, file: Path) -> Iterator[Any]:
    """Open the code locations that a workspace file names, for the web server."""
    # not at the top: a run needs no server of code locations, which is slow to import
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import WorkspaceFileTarget

    with WorkspaceProcessContext(history, WorkspaceFileTarget(paths=[str(file)])) as context:
        yield context


def instance(folder: Path) -> DagsterInstance:
    """Open Dagster's instance with the settings in a folder, without capturing the output of runs in this process."""
    return DagsterInstance.from_ref(InstanceRef.from_dir(str(folder), overrides=UNCAPTURED))


class EventLog(ConsolidatedSqliteEventLogStorage):
    """The event log below `DAGSTER_HOME`, configured in dagster.yaml; Dagster defines the layout of the file."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None):
        """Store the file in the folder `base_dir`."""
        self._tables: set[str] = set()  # known to exist
        folder = Path(base_dir)
        folder.mkdir(parents=True, exist_ok=True)
        with folder_lock(folder):  # processes that start together must not both create the tables
            _adopt(folder / FILE)
            super().__init__(base_dir, inst_data)

    @cached_property
    def _engine(self) -> db.Engine:
        engine = db.create_engine(self._conn_string, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
        db.event.listen(engine, "connect", lambda connection, _: connection.execute("pragma synchronous = off"))
        return engine

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Accept no settings."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]) -> "EventLog":
        """Store beside Dagster's other files."""
        return cls(str(Path(os.environ["DAGSTER_HOME"]) / "history" / "runs"), inst_data)

    def has_table(self, table_name: str) -> bool:
        """Return whether the file has a table; the answer is cached, since Dagster asks for every event."""
        if table_name not in self._tables and db.inspect(self._engine).has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event; not that a step yielded an output, since the asset's or check's own event says so too."""
        if event.dagster_event_type != DagsterEventType.STEP_OUTPUT:
            super().store_event(event)

    def watch(self, run_id: str, cursor: str | None, callback: Any) -> None:
        """Call back for each new event of a run, so that a run's page shows it.

        Dagster watches the file, but connections that stay open write to its write-ahead log, and to the file later or never.
        """
        if not self._obs:
            observer = Observer()
            observer.schedule(_Written(self), self._base_dir)
            observer.start()
            self._obs = observer  # type: ignore[assignment]  # Dagster declares no type
        super().watch(run_id, cursor, callback)

    def dispose(self) -> None:
        """Close the file, which a process that runs many refreshes would otherwise open again and again."""
        super().dispose()
        self._engine.dispose()

    def delete_events_for_run(self, conn: db.Connection, run_id: str) -> None:
        """Delete a run's events, and the check results of all deleted runs, which Dagster would never delete."""
        super().delete_events_for_run(conn, run_id)
        remaining_runs = db.select(SqlEventLogStorageTable.c.run_id).where(SqlEventLogStorageTable.c.run_id.is_not(None))
        conn.execute(AssetCheckExecutionsTable.delete().where(AssetCheckExecutionsTable.c.run_id.not_in(remaining_runs)))

    @contextmanager
    def _connect(self) -> Iterator[db.Connection]:
        with self._engine.begin() as connection:
            yield connection


class _Written(PatternMatchingEventHandler):
    """Read new events of an event log when its write-ahead log was written to."""

    def __init__(self, log: EventLog) -> None:
        super().__init__(patterns=[f"{log.get_db_path()}-wal"])
        self._log = log

    def on_modified(self, event: FileSystemEvent) -> None:
        self._log.on_modified()


def _adopt(file: Path) -> None:
    """Use the index of all runs of an earlier version, if there is one, and delete its files of single runs; delete an empty file."""
    index = file.with_name(INDEX)
    if index.exists():
        for suffix in ("-wal", ""):  # the file last: if this is interrupted, the next process goes on
            with suppress(FileNotFoundError):
                Path(f"{index}{suffix}").rename(f"{file}{suffix}")
        for other in file.parent.glob("*.db*"):
            if not other.name.startswith(file.name):
                other.unlink()
    elif file.exists() and not file.stat().st_size:
        file.unlink()
