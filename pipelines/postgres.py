"""Find the Postgres database of a team's run history, without importing Dagster or quoting the database's password."""

import importlib.util
import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from schemas.errors import Unusable

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

POSTGRES = "DYAD_POSTGRES"  # environment variable with the address of the database; Dagster reads it too, so no file contains it
EXAMPLE = "postgresql+psycopg2://dyad@/dyad?host=/var/run/postgresql"


def address() -> str:
    """Return the address of the database; empty if the run history is in files.

    Raises:
        Unusable: the variable is not an address of Postgres, or the driver is not installed; the message does not quote the address.
    """
    text = os.environ.get(POSTGRES, "").strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_postgres = parts.scheme == urlsplit(EXAMPLE).scheme and parts.netloc.count("@") <= 1 and parts.port != 0
    except ValueError:
        is_postgres = False
    if not is_postgres:
        raise Unusable(f"{POSTGRES} is not an address of Postgres: set it to one, such as {EXAMPLE}, with %40 for an @ in the password")
    if not importlib.util.find_spec("dagster_postgres"):
        raise Unusable(
            f"{POSTGRES} is set, but dagster-postgres is not installed: run `pip install dagster-postgres` in the environment of `dyad`, or unset {POSTGRES}"
        )
    return text


def reached() -> str:
    """Return the address as `address` does, after one connection to the database: Dagster itself would retry for a while.

    Raises:
        Unusable: as `address`, or the database cannot be reached.
    """
    if text := address():
        from sqlalchemy import NullPool, create_engine  # not at the top: `dyad doctor` needs it only for a team's server
        from sqlalchemy.exc import DBAPIError

        try:
            create_engine(text, poolclass=NullPool).connect().close()
        except DBAPIError as error:
            raise unusable(error) from None
    return text


def unusable(error: "DBAPIError") -> Unusable:
    """Return the refusal of a database that raised an error."""
    problem = " ".join(str(error.orig).split())
    return Unusable(f"the run history in Postgres cannot be used ({problem}): start Postgres, or correct {POSTGRES}")
