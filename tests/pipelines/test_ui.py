"""Use Dagster's pages in a browser as a person does: see the graph, launch a refresh from the Launchpad, and try to make one asset alone."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket
from playwright.sync_api import Browser, Page, expect

from pipelines import web
from pipelines.config import FIELDS
from pipelines.definitions import defs
from pipelines.run import ALONE
from tests.support.serving import ROOT, serving

pytestmark = pytest.mark.campaign
SCREENSHOTS = ROOT / "data" / "screenshots" / "dagster"
PATIENCE = 300_000  # milliseconds that a page or a refresh may take on a busy machine
DAGSTERS_OWN = ("go.apollo.dev/c/err",)  # Apollo warns of deprecated options in the queries of Dagster's pages
RED = """() => [...document.querySelectorAll('body *')].filter((element) => {
    const {width, height} = element.getBoundingClientRect(), style = getComputedStyle(element);
    return width && height && ['color', 'backgroundColor', 'borderTopColor', 'fill'].some((property) => {
        const [r, g, b, opacity] = (style[property].match(/[\\d.]+/g) || [0, 0, 0]).map(Number);
        return opacity !== 0 && r > 150 && r > 2 * g && r > 2 * b;
    });
}).map((element) => element.outerHTML.slice(0, 200))"""


@contextlib.contextmanager
def visiting(browser: Browser, home: Path, log: Path) -> Iterator[tuple[Page, str]]:
    """Serve a home, and yield a page on which nothing of ours may log a warning or an error, and the address of Dagster's pages."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    expect.set_options(timeout=PATIENCE)
    logged: list[str] = []
    with serving(home, log) as port, browser.new_page(viewport={"width": 1400, "height": 900}) as page:
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: logged.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: logged.append(str(error)))
        yield page, f"http://{web.HOST}:{port}"
    assert [text for text in logged if not any(known in text for known in DAGSTERS_OWN)] == []


def keep(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def follow(page: Page, link: str) -> None:
    page.get_by_role("link").filter(has_text=re.compile(f"^{link}$")).first.click()


def press(page: Page, button: str) -> None:
    page.get_by_role("button").filter(has_text=re.compile(f"^{button}$")).click()


def open_launchpad(page: Page, address: str) -> None:
    """Go the way that pipelines/README.md describes."""
    page.goto(address)
    follow(page, "Jobs")
    follow(page, "refresh")
    page.get_by_role("button", name="Materialize all").locator("xpath=following::button[1]").click()
    page.get_by_text("Open launchpad").click()
    page.get_by_text("No errors").wait_for()


def launch(page: Page, address: str, settings: dict[str, str], steps: int) -> None:
    """Write settings in place of the lines that contain the keys, launch the run, and wait until its page shows that its steps succeeded."""
    open_launchpad(page, address)
    for line, typed in settings.items():
        page.locator(".CodeMirror-line").filter(has_text=line).click()
        for key in ("End", "Shift+Home"):
            page.keyboard.press(key)
        page.keyboard.type(typed)
    page.locator(".dagster-portal").get_by_text("Materialize", exact=True).click()
    page.wait_for_url("**/runs/*")
    expect(page.get_by_text("Success", exact=True)).to_be_visible()
    expect(page.get_by_text(f"Succeeded ({steps})")).to_be_visible()  # the page hears of events while the run goes on


def test_a_home_that_nothing_was_built_in(browser: Browser, tmp_path: Path) -> None:
    graph = defs().get_repository_def().asset_graph
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    with visiting(browser, tmp_path / "home", tmp_path / "log") as (page, address):
        page.goto(address)
        page.get_by_text("No runs or scheduled ticks").wait_for()
        follow(page, "Lineage")
        for group in groups:
            expect(page.locator("svg foreignObject").get_by_text(group, exact=True).first).to_be_in_viewport()
        assert page.get_by_role("dialog").count() == 0
        assert page.evaluate(RED) == []
        keep(page, "graph")

        open_launchpad(page, address)
        page.locator(".CodeMirror-line").filter(has_text="as_of").click()
        for field in FIELDS.values():
            expect(page.get_by_text(field.description).first).to_be_visible()
        keep(page, "launchpad")

        page.goto(f"{address}/assets/charts/bilateral_trade")
        press(page, "Materialize")
        # Dagster lists the other assets of the step, then those that the step reads
        for question in ("Additional assets will be materialized", "Are you sure?"):
            page.locator(".dagster-portal").filter(has_text=question).get_by_text("Confirm", exact=True).click()
        page.get_by_text("Launched run").wait_for()
        page.goto(f"{address}/runs")
        follow(page, "[0-9a-f]{8}")
        expect(page.get_by_text("Failure", exact=True)).to_be_visible()
        expect(page.get_by_text("RUN_FAILURE")).to_be_visible()
        expect(page.get_by_text(ALONE).last).to_be_in_viewport()
        keep(page, "refused")
    assert not (tmp_path / "home" / "releases").exists()


def test_a_refresh_from_the_launchpad(browser: Browser, home: Path, tmp_path: Path) -> None:
    own = tmp_path / "home"
    shutil.copytree(home, own, symlinks=True)
    known = set((own / "releases").iterdir())
    current = (own / "current").resolve()
    with visiting(browser, own, tmp_path / "log") as (page, address):
        launch(page, address, {"- CHN": "- CHN-USA"}, steps=5)
        keep(page, "run")
        [released] = set((own / "releases").iterdir()) - known
        assert (own / "current").resolve() == current  # of other pairs
        page.goto(f"{address}/runs")
        for tag in ("dyad/pairs: CHN-USA", f"dyad/day: {released.name[:10]}", f"dyad/release: {released.name}"):
            expect(page.get_by_text(tag).first).to_be_visible()
        keep(page, "runs")

        launch(page, address, {"- CHN": "- CHN-USA", "set_current": "set_current: true"}, steps=1)  # the release exists
        assert (own / "current").resolve() == released
        page.goto(f"{address}/assets/release")
        page.get_by_text(f"/releases/{released.name}/index.html").first.wait_for()
        keep(page, "release")
