"""Simulate a year of refreshes with revisions, then rebuild what was known on earlier days."""

import datetime as dt
from pathlib import Path

import pytest
import pytest_socket

from pipelines.settings import scope
from sources import snapshot
from sources.live import clock, refresh
from tests.support import publishers as played
from warehouse.build import catalog, database, land, layers
from warehouse.build.clock import Clock

START = dt.date(2026, 11, 24)
EVERY = 45  # days from one edition of the publisher to the next
# the day of an edition, the next and every ninth day, and New Year, when other years are asked for
DAYS = [n for n in range(365) if n % 9 in (0, 1) or (START + dt.timedelta(days=n)).day == (START + dt.timedelta(days=n)).month == 1]
FIGURE = "iso3 = 'RUS' and year = 2024 and indicator = 'gdp_growth_pct' and publisher like 'World Bank%' and is_current"


@pytest.fixture
def lived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[dt.date, float]:
    """Return the home after a year, and the figure by the day from which the publisher gave it."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    monkeypatch.setattr(clock, "sleep", lambda seconds: None)
    published = {}
    with played.Publishers() as world:
        for name, value in world.environment().items():
            monkeypatch.setenv(name, value)
        for n in DAYS:
            today = START + dt.timedelta(days=n)
            monkeypatch.setattr(clock, "now", lambda today=today: dt.datetime(today.year, today.month, today.day, 6, tzinfo=dt.UTC))
            if n % EVERY == 0:
                published[today] = round(4 + n / 1000, 3)
                world.updated, world.wdi["RUS", 2024, "NY.GDP.MKTP.KD.ZG"] = today.isoformat(), published[today]
            [outcome] = refresh.refresh_live(tmp_path, scope(["CHN-RUS"]), ["world_bank_wdi"], log=lambda line: None)
            is_asked_anew = n % EVERY == 0 or (today.month, today.day) == (1, 1)  # of other years
            assert outcome.status == ("fetched" if is_asked_anew else "unchanged"), (today, outcome)
    return published


def known(home: Path, folder: Path, day: dt.date) -> list[tuple[float, str]]:
    """Return the figure in a warehouse built as of the day, and the day it is known from."""
    with database.connect(folder / f"{day}.duckdb") as con:
        clock = Clock(day, ("CHN-RUS",))
        sources = snapshot.sources(home=home)
        assert [b.findings for b in land.land(con, sources) if b.findings] == []
        catalog.fill(con, sources, clock)
        list(layers.run_layer(con, "core", clock))
        return con.execute(f"select value, known_on::varchar from core.economy_indicator where {FIGURE}").fetchall()


@pytest.mark.campaign
def test_every_day_of_a_year_can_be_had(lived: dict[dt.date, float], tmp_path: Path) -> None:
    editions = list(lived)
    assert len(editions) == 9
    for before, day in zip(editions[:-1:3], editions[1::3], strict=True):
        assert known(tmp_path, tmp_path, day - dt.timedelta(days=1)) == [(lived[before], before.isoformat())]
        (tmp_path / f"{day}.duckdb").unlink(missing_ok=True)
        assert known(tmp_path, tmp_path, day) == [(lived[day], day.isoformat())]
    assert len(snapshot.live_days(tmp_path, "world_bank_wdi")) == len(editions), "an unchanged day costs nothing"
