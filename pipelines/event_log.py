"""Store Dagster's event log in SQLite files that stay open, and open the code locations for the web server.

Put here everything that needs a private module of Dagster, nothing else: this file is why Dagster is pinned to a minor version.

Dagster's own storage opens and syncs a file for every event, and compiles its statements again. Engines that stay open compile a
statement once, and no write waits for the disk: a power failure may lose the last seconds of run history, but no release, whose
files are synced before they are published (`warehouse.release.publish`).
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as db
from dagster import DagsterInstance
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG
from dagster._serdes import ConfigurableClassData

__all__ = ["ASSET_PARTITION_RANGE_END_TAG", "ASSET_PARTITION_RANGE_START_TAG", "EventLog"]
# Dagster would start processes that copy the output of a run in this process to files: Ctrl-C would end them, each with a traceback
UNCAPTURED = {"compute_logs": {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}}
OPEN_FILES = 8  # the web server reads many runs; a run writes two files


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


class EventLog(SqliteEventLogStorage):
    """The event log below `DAGSTER_HOME`, configured in dagster.yaml; Dagster defines the layout of the files."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None):
        """Store the files in the folder `base_dir`."""
        self._engines: dict[str, db.Engine] = {}  # by address, the most recently used last
        self._tables: set[str] = set()  # known to exist
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Accept no settings."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> "EventLog":
        """Store beside Dagster's other files."""
        return cls(str(Path(os.environ["DAGSTER_HOME"]) / "history" / "runs"), inst_data)

    def has_table(self, table_name: str) -> bool:
        """Return whether the index has a table; the answer is cached, since Dagster asks for every event."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def run_connection(self, run_id: str | None = None) -> Any:
        """Begin a transaction on a run's file."""
        return self._transaction(run_id)  # type: ignore[arg-type]  # Dagster calls it with a run only

    def index_connection(self) -> Any:
        """Begin a transaction on the file that indexes all runs."""
        return self._transaction(INDEX_SHARD_NAME)

    def watch(self, run_id: str, cursor: str | None, callback: Any) -> None:
        """Call back for each new event of a run, so that a run's page shows it.

        Dagster watches the run's file, but connections that stay open write to its write-ahead log, and to the file later or never.
        """
        super().watch(run_id, cursor, callback)
        watchdog, _ = self._watchers[run_id][callback]
        watchdog._log_path = f"{self.path_for_shard(run_id)}-wal"
        watchdog._patterns = [watchdog._log_path]

    def dispose(self) -> None:
        """Close the files, which a process that runs many refreshes would otherwise accumulate."""
        super().dispose()
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()

    def delete_events(self, run_id: str) -> None:
        """Delete a run with its file; Dagster alone would leave an empty file."""
        super().delete_events(run_id)
        file = self.path_for_shard(run_id)
        with self._db_lock:
            if engine := self._engines.pop(self.conn_string_for_shard(run_id), None):
                engine.dispose()
        for path in (file, f"{file}-wal", f"{file}-shm"):
            Path(path).unlink(missing_ok=True)
        self._initialized_dbs.discard(run_id)

    def delete_events_for_run(self, conn: db.Connection, run_id: str) -> None:
        """Delete a run's events, and the check results of all deleted runs, which Dagster would never delete."""
        super().delete_events_for_run(conn, run_id)
        remaining_runs = db.select(SqlEventLogStorageTable.c.run_id).where(SqlEventLogStorageTable.c.run_id.is_not(None))
        conn.execute(AssetCheckExecutionsTable.delete().where(AssetCheckExecutionsTable.c.run_id.not_in(remaining_runs)))

    @contextmanager
    def _transaction(self, shard: str) -> Iterator[db.Connection]:
        if shard not in self._initialized_dbs:
            with self._connect(shard):
                pass  # creates the file and its tables
        with self._db_lock, self._engine(self.conn_string_for_shard(shard)).begin() as connection:
            yield connection

    def _engine(self, address: str) -> db.Engine:
        """Return the open engine of an address; dispose of the least recently used one if too many are open. Call with the lock held."""
        engine = self._engines.pop(address, None)
        self._engines[address] = engine or _create_engine(address)
        if len(self._engines) > OPEN_FILES:
            self._engines.pop(next(iter(self._engines))).dispose()
        return self._engines[address]


def _create_engine(address: str) -> db.Engine:
    engine = db.create_engine(address, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False})
    db.event.listen(engine, "connect", lambda connection, _: connection.execute("pragma synchronous = off"))
    return engine
