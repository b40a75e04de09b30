"""Share the panel of all pairs of a release without the world's trade."""

from pathlib import Path

import pytest

from warehouse.connect import connect
from warehouse.release import panel


@pytest.fixture(scope="session")
def panel_file(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the undirected panel of the current release as Parquet."""
    path = tmp_path_factory.mktemp("panel") / "dyad_year.parquet"
    with connect(built.parent) as con:
        panel.write(con, path, is_directed=False)
    return path
