"""The analysts' door: read-only connections to a release, which no refresh ever waits for.

Belongs here: where releases live, opening one, one query. Does not belong here: making releases (`publish`).
"""

import os
from pathlib import Path

import duckdb
import pandas as pd

from schemas.errors import Unusable

MANIFEST = "manifest.json"
# given as the file is opened: connections of one process share its instance, whose lock no second one may set
LOCKED = {"enable_external_access": False, "lock_configuration": True}


def home() -> Path:
    """Everything a run makes lies here: `DYAD_HOME`, or `data/` in the working folder."""
    return Path(os.environ.get("DYAD_HOME", "data")).resolve()


def release(name: str | None = None) -> Path:
    """The folder of the release of that id; of the current one where none is named.

    Raises:
        Unusable: nothing was published yet, or no release has this id.
    """
    if name is not None:
        return existing(home(), name)
    current = home() / "current"
    if not current.exists():
        raise Unusable(f"no release in {current.parent}: run `dyad refresh` first")
    return current.resolve()


def existing(folder: Path, name: str) -> Path:
    """The folder of the release of that id in the home `folder`.

    Raises:
        Unusable: there is none.
    """
    found = {path.parent.name: path.parent for path in (folder / "releases").glob(f"*/{MANIFEST}")}
    if name not in found:
        raise Unusable(f"no release {name} in {folder}: `dyad releases` lists them")
    return found[name]


def connect(folder: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a release (default: the current one) that cannot read or write other files."""
    return duckdb.connect(str((folder or release()) / "warehouse.duckdb"), read_only=True, config=LOCKED)


def query(sql: str, folder: Path | None = None) -> pd.DataFrame:
    """Open, ask, close: the result as a frame.

    Raises:
        Unusable: the SQL is wrong; the message is DuckDB's.
    """
    try:
        sql.encode("utf-8")
        with connect(folder) as con:
            answer = con.execute(sql)
            if answer is None:
                raise Unusable("the query holds no statement")
            return answer.df()
    except UnicodeEncodeError:
        raise Unusable("the query holds bytes that are no UTF-8 text") from None
    except duckdb.Error as error:
        raise Unusable(str(error).strip()) from error
