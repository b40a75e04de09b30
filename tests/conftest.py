"""Share fixtures: no network, a home for the session, one release for all tests that only read."""

import ast
import atexit
import functools
import hashlib
import json
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock
from pytest_socket import disable_socket

from sources import snapshot
from warehouse.visuals import convert

if TYPE_CHECKING:
    import duckdb
    from playwright.sync_api import Browser

SVG, PNG = convert.svg, convert.png
PLACES = {"home", "world", "own_sources", "pairs"}  # fixtures that give a test a home, publishers or sources of its own
# names that a module imports to build, run, serve or analyse, each of which takes seconds
SLOW = {"Proving", "dg", "land", "launch", "lineage", "multiprocessing", "notebooks", "played", "serve", "serving", "subprocess"}


@functools.cache
def is_slow(module: Path) -> bool:
    """Return whether a module imports one of the slow names at its top level."""
    imports = [node for node in ast.parse(module.read_bytes()).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return any(SLOW & {alias.asname or alias.name.split(".")[0]} for node in imports for alias in node.names)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave slow modules unimported if only unit tests are asked for: importing them all takes longer than the unit tests."""
    only_unit = config.option.markexpr == "unit" and collection_path.name.startswith("test_")
    return True if only_unit and is_slow(collection_path) else None


def sample(items: list[pytest.Function]) -> None:
    """Mark as `campaign` the cases of a test marked `sampled(count, each=...)`, except `count` cases for each value of the parameter `each`.

    The same names are chosen in every run, on every machine and in every test of the same parameters.
    """
    cases = defaultdict(list)
    for item in items:
        if mark := item.get_closest_marker("sampled"):
            value = item.callspec.params[mark.kwargs["each"]] if mark.kwargs else None
            cases[item.path, item.originalname, mark.args[0], value].append(item)
    for (*_, count, _), group in cases.items():
        group.sort(key=lambda item: hashlib.sha256(item.callspec.id.encode()).digest())
        for item in group[count:]:
            item.add_marker("campaign")


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark as `unit` the tests that need no home, no publisher and no process and are no property tests, and run them first."""
    sample(items)
    for item in items:
        is_search = getattr(item.obj, "is_hypothesis_test", False)
        if not (is_search or item.get_closest_marker("campaign") or PLACES & set(item.fixturenames) or is_slow(item.path)):
            item.add_marker("unit")
    items.sort(key=lambda item: item.get_closest_marker("unit") is None)


def pytest_configure(config: pytest.Config) -> None:
    """Let a worker end without Python's finalization, whose order leaves DuckDB's module alive: nanobind prints that as leaks.

    Functions that tests or libraries register with `atexit` later run before.
    """
    if hasattr(config, "workerinput"):
        atexit.register(os._exit, 0)


def pytest_runtest_setup() -> None:
    """Disable the network for every test."""
    disable_socket(allow_unix_socket=True)


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the temporary folder that all workers of a run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def drawn_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Draw each picture once for all workers, since most releases of these tests have the same charts.

    Commands in a process of their own draw without this cache.
    """
    folder = shared_folder(tmp_path_factory) / "pictures"
    folder.mkdir(exist_ok=True)

    def once(draw: Callable[..., bytes], *arguments: Any) -> bytes:
        picture = folder / hashlib.sha256(json.dumps([draw.__name__, *arguments], default=str).encode()).hexdigest()
        if not picture.exists():
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as written:
                written.write(draw(*arguments))
            Path(written.name).replace(picture)
        return picture.read_bytes()

    def svg(spec: dict[str, Any]) -> bytes:
        return SVG(spec).encode()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(convert, "svg", lambda spec: once(svg, spec).decode())
        patch.setattr(convert, "png", functools.partial(once, PNG))
        yield


@pytest.fixture
def drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw every picture of a test, also those that were drawn before."""
    monkeypatch.setattr(convert, "svg", SVG)
    monkeypatch.setattr(convert, "png", PNG)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the pictures blank in a test that is about something else."""
    from tests.support.pictures import blank

    blank(monkeypatch)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Return a function that fills a folder in one of several workers, while others wait, and returns each worker's copy of it."""

    def once(name: str, fill: Callable[[Path], object]) -> Path:
        folder = tmp_path_factory.mktemp(name)
        shared = shared_folder(tmp_path_factory) / f"shared-{name}" if "PYTEST_XDIST_WORKER" in os.environ else folder
        with FileLock(f"{shared}.lock"):
            if not (shared / "filled").exists():
                fill(shared)
                (shared / "filled").touch()
        if shared != folder:
            shutil.copytree(shared, folder, symlinks=True, dirs_exist_ok=True)
        (folder / "filled").unlink()
        return folder

    return once


@pytest.fixture(scope="session")
def home(once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """Build a home with two releases of the bundled figures: as of the article's day, then as of the newest reading."""
    from pipelines import launch

    def enter(folder: Path) -> None:
        os.environ.update(DYAD_HOME=str(folder), DAGSTER_HOME=str(folder / "dagster"))

    def refresh(folder: Path) -> None:
        enter(folder)
        launch.refresh(as_of="2024-12-12")
        launch.refresh()

    folder = once("home", refresh)
    enter(folder)
    return folder


@pytest.fixture(scope="session")
def built(home: Path) -> Path:
    """Return the warehouse file of the current release."""
    return home / "current" / "warehouse.duckdb"


@pytest.fixture(scope="session")
def article(home: Path) -> Path:
    """Return the warehouse file as of 2024-12-12."""
    return next((home / "releases").glob("2024-12-12-*")) / "warehouse.duckdb"


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Build three other pairs from the bundled sources, without publishing them, for tests that only read them."""
    from tests.support.building import build
    from warehouse.build import database, views
    from warehouse.build.clock import Clock

    sources = snapshot.sources()
    clock = Clock(snapshot.read_until(sources), ("CHN-USA", "FRA-GBR", "IND-RUS"))
    with database.connect(tmp_path_factory.mktemp("pairs") / "warehouse.duckdb") as con:
        build(con, sources, clock)
        views.create(con)
        yield con


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Yield Chromium without a screen."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if not chromium:
        # a machine with Python alone can run the other tests; continuous integration must run these
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("pages are tested in Chromium, which is not installed: run `apt-get install chromium`")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def own_sources(tmp_path: Path):
    """Return a copy of the bundled sources that a test may damage."""
    folder = tmp_path / "sources"
    shutil.copytree(snapshot.BUNDLED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder
