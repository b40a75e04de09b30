"""Store Dagster's event log in SQLite files that stay open.

Put here whatever needs a private module of Dagster, and nothing else: the version that is tested is pinned for this file's sake.

Dagster's own storage opens, compiles for and syncs a file for every event. Kept engines compile a statement once, and nothing
waits for the disk: history may lose its last seconds if the power fails; a release may not, and syncs its own files
(`warehouse.release.publish`).
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as db
from dagster._check import CheckError
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG
from dagster._serdes import ConfigurableClassData

__all__ = ["ASSET_PARTITION_RANGE_END_TAG", "ASSET_PARTITION_RANGE_START_TAG", "CheckError", "EventLog"]
OPEN_FILES = 8  # the web server reads many runs; a run writes two files


class EventLog(SqliteEventLogStorage):
    """The event log below `DAGSTER_HOME`, named in dagster.yaml; the file layout is Dagster's own."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None):
        """Keep the files in the folder `base_dir`."""
        self._kept: dict[str, db.Engine] = {}  # by address, the last used at the end
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Take no settings."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> "EventLog":
        """Store beside Dagster's other files."""
        return cls(str(Path(os.environ["DAGSTER_HOME"]) / "history" / "runs"), inst_data)

    def run_connection(self, run_id: str | None = None) -> Any:
        """Begin a transaction on a run's file."""
        return self._transaction(run_id)

    def index_connection(self) -> Any:
        """Begin a transaction on the file that knows all runs."""
        return self._transaction(INDEX_SHARD_NAME)

    def dispose(self) -> None:
        """Close the files; a process that refreshes again and again would hold five more each time."""
        super().dispose()
        with self._db_lock:
            while self._kept:
                self._kept.popitem()[1].dispose()

    def delete_events(self, run_id: str) -> None:
        """Delete a run with its file, which Dagster would leave empty."""
        super().delete_events(run_id)
        file = self.path_for_shard(run_id)
        with self._db_lock:
            if kept := self._kept.pop(self.conn_string_for_shard(run_id), None):
                kept.dispose()
        for path in (file, f"{file}-wal", f"{file}-shm"):
            Path(path).unlink(missing_ok=True)
        self._initialized_dbs.discard(run_id)

    def delete_events_for_run(self, conn: db.Connection, run_id: str) -> None:
        """Delete also the results of its checks, and those left of earlier runs: Dagster keeps them for ever, half a megabyte a refresh."""
        super().delete_events_for_run(conn, run_id)
        known = db.select(SqlEventLogStorageTable.c.run_id).where(SqlEventLogStorageTable.c.run_id.is_not(None))
        conn.execute(AssetCheckExecutionsTable.delete().where(AssetCheckExecutionsTable.c.run_id.not_in(known)))

    @contextmanager
    def _transaction(self, shard: str) -> Iterator[db.Connection]:
        if shard not in self._initialized_dbs:
            with self._connect(shard):
                pass  # creates the file and its tables
        with self._db_lock, self._engine(self.conn_string_for_shard(shard)).begin() as connection:
            yield connection

    def _engine(self, address: str) -> db.Engine:
        """Return the kept engine of an address, in the place of the one not used for longest; call with the lock held."""
        self._kept[address] = self._kept.pop(address, None) or _opened(address)
        if len(self._kept) > OPEN_FILES:
            self._kept.pop(next(iter(self._kept))).dispose()
        return self._kept[address]


def _opened(address: str) -> db.Engine:
    engine = db.create_engine(address, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False})
    db.event.listen(engine, "connect", lambda connection, _: connection.execute("pragma synchronous = off"))
    return engine
