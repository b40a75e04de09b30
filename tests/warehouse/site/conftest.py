"""Publish the shared home once as a site, for all tests that only read it."""

from pathlib import Path

import pytest

from warehouse.site.publish import publish

URL = "https://data.example.org/dyad/"


@pytest.fixture(scope="session")
def site(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a site with both releases of the home."""
    folder = tmp_path_factory.mktemp("site") / "new"
    assert len(list(publish(home, folder, URL))) == 2
    return folder


@pytest.fixture(scope="session")
def published(site: Path, home: Path) -> Path:
    """Return the published copy of the current release."""
    return site / "releases" / (home / "current").resolve().name
