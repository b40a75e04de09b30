"""Test the order of releases in the hour in which clocks go back."""

import datetime as dt
import json
import os
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from warehouse.build.clock import Clock
from warehouse.release import identity, manifest
from warehouse.site.publish import publish

NAMES = [f"2026-10-24-{letter * 12}" for letter in "abc"]
FIRST = dt.datetime(2026, 10, 25, 0, 20, tzinfo=dt.UTC).timestamp()  # 02:20 in Berlin, 40 minutes before it is 02:00 again


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a home whose releases were published at 02:20, 02:50 and again 02:20 in Berlin; the first is current."""
    for n, name in enumerate(NAMES):
        file = tmp_path / "releases" / name / "manifest.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"release": name, "as_of": "2026-10-24", "dyads": [["CHN-RUS"], ["FRA-GBR"]][n > 0], "files": {}}))
        os.utime(file, (FIRST + 1800 * n, FIRST + 1800 * n))
    (tmp_path / "current").symlink_to(Path("releases") / NAMES[0])
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield tmp_path
    monkeypatch.undo()
    time.tzset()


def test_the_release_published_last_is_first_and_followed(own_home: Path) -> None:
    releases = manifest.releases(own_home)
    assert [m["release"] for m in releases] == NAMES[::-1]
    assert [m["published_at"] for m in releases] == [f"2026-10-25T02:{at}" for at in ("20:00+01:00", "50:00+02:00", "20:00+02:00")]
    assert identity.followed(own_home, Clock(dt.date(2026, 10, 24), ("FRA-GBR",)), "other content") == NAMES[2]


def test_a_site_gets_the_release_published_first_first(own_home: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "releases" / NAMES[0]).mkdir(parents=True)
    (site / "releases" / NAMES[0] / "manifest.json").touch()
    (site / "site.json").write_text('{"url": "https://data.example.org/dyad/"}')
    lines = list(islice(publish(own_home, site), 2))
    assert [line.split(",")[0] for line in lines] == [f"left out {name}" for name in NAMES[1:]]
