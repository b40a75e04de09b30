"""Test where the run history is kept, without a database; `test_team.py` has a real one."""

import importlib.util
from pathlib import Path

import pytest

from pipelines import daemon, instance, postgres, web
from schemas.errors import Unusable

PASSWORD = "s3cret-word"  # noqa: S105 -- quoted by no message
ADDRESS = f"postgresql+psycopg2://dyad:{PASSWORD}@/dyad?host=/nowhere"


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of Dagster's settings in an empty home."""
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    return tmp_path / "dagster"


@pytest.mark.parametrize(
    "text",
    [
        f"dyad:{PASSWORD}", f"postgresql://u:{PASSWORD}@h/d", f"mysql://u:{PASSWORD}@h/d", f"postgresql+psycopg2://u:p@{PASSWORD}@h/d",
        f"postgresql+psycopg2://u@h:{PASSWORD}/d", f"postgresql+psycopg2://u:{PASSWORD}@[h/d",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_quoting_it(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres.POSTGRES, text)
    with pytest.raises(Unusable, match="DYAD_POSTGRES is not an address of Postgres: set it to one") as refused:
        postgres.address()
    assert PASSWORD not in str(refused.value)


def test_without_the_extra_the_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres.POSTGRES, ADDRESS)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        Unusable, match=r"dagster-postgres is not installed: run `pip install dagster-postgres` in the environment of `dyad`, or unset"
    ):
        postgres.address()


def test_a_new_home_gets_settings_that_name_the_variable_and_not_its_value(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres.POSTGRES, ADDRESS)
    settings = (instance.prepare() / "dagster.yaml").read_text("utf-8")
    assert "    postgres_url:\n      env: DYAD_POSTGRES\n" in settings and "pipelines.event_log" not in settings
    assert PASSWORD not in settings
    monkeypatch.delenv(postgres.POSTGRES)
    with pytest.raises(Unusable, match="keeps the run history in Postgres: set DYAD_POSTGRES"):
        instance.prepare()


def test_a_history_in_files_is_moved_not_left(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = instance.prepare() / "dagster.yaml"
    monkeypatch.setenv(postgres.POSTGRES, ADDRESS)
    with pytest.raises(Unusable, match="is in files, but DYAD_POSTGRES is set: stop the server and run `python -m pipelines.team.move"):
        instance.prepare()
    assert settings.read_bytes() == instance.TEMPLATE.read_bytes()


def test_unedited_settings_stay_in_postgres_when_the_template_changes(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres.POSTGRES, ADDRESS)
    settings = instance.prepare() / "dagster.yaml"
    monkeypatch.setattr(instance, "EARLIER_TEMPLATES", {instance.hashlib.sha256(instance.TEMPLATE.read_bytes()).hexdigest()})
    newer = own_home / "newer.yaml"
    newer.write_bytes(instance.TEMPLATE.read_bytes() + b"# newer\n")
    monkeypatch.setattr(instance, "TEMPLATE", newer)
    instance.prepare()
    assert settings.read_bytes() == newer.read_bytes().replace(instance.IN_FILES, instance.IN_POSTGRES)


def test_a_database_that_does_not_answer_is_refused_in_one_line(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres.POSTGRES, ADDRESS)
    with (
        pytest.raises(Unusable, match="cannot be used .*/nowhere.* start Postgres, or correct DYAD_POSTGRES") as refused,
        instance.history(),
    ):
        pass
    assert PASSWORD not in str(refused.value) and "\n" not in str(refused.value)


def test_a_running_daemon_is_noticed(own_home: Path) -> None:
    own_home.mkdir()
    with (
        daemon.no_daemon(own_home),
        pytest.raises(Unusable, match="a daemon of Dagster uses the run history in .*: stop `make ui`"),
        daemon.no_daemon(own_home),
    ):
        pass


def test_links_to_pages_lead_to_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(web.ADDRESS, "https://dyad.example.org/")
    assert web.page("one") == "https://dyad.example.org/releases/one/index.html"
