"""Shared fixtures: no network, a home of its own, one built release for all who only read."""

import os
import shutil
from pathlib import Path

import pytest
from pytest_socket import disable_socket

from sources import snapshot


def pytest_runtest_setup() -> None:
    """Nothing in these tests may leave the machine."""
    disable_socket(allow_unix_socket=True)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the release of the bundled figures, and the one as of the article's day before it."""
    from pipelines import run

    folder = tmp_path_factory.mktemp("home")
    os.environ.update(DYAD_HOME=str(folder), DAGSTER_HOME=str(folder / "dagster"))
    run.refresh(as_of="2024-12-12")
    run.refresh()
    return folder


@pytest.fixture(scope="session")
def built(home: Path) -> Path:
    """The warehouse file of the current release."""
    return home / "current" / "warehouse.duckdb"


@pytest.fixture(scope="session")
def article(home: Path) -> Path:
    """The warehouse file as of 2024-12-12."""
    return next((home / "releases").glob("2024-12-12-*")) / "warehouse.duckdb"


@pytest.fixture
def own_sources(tmp_path: Path):
    """A copy of the bundled sources to damage."""
    folder = tmp_path / "sources"
    shutil.copytree(snapshot.BUNDLED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder
