"""Test the page of a release in a real browser: drawn, accessible, traceable to the evidence, and without network requests."""

import csv
import json
import shutil
import xml.etree.ElementTree as ET
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyarrow.parquet as pq
import pytest
from axe_playwright_python.sync_playwright import Axe

from pipelines import launch
from schemas import charts, registry
from schemas.fields import Text, TextList, Whole, column
from warehouse import export, models, page
from warehouse.connect import connect
from warehouse.page import content
from warehouse.release import diff
from warehouse.visuals import files
from warehouse.visuals.registry import drawings

RELEASE = {"release": "2026-11-23-0123456789ab", "as_of": "2026-11-23", "dyads": ["CHN-RUS"], "follows": "2024-12-12-ba9876543210"}
SCREENSHOTS = Path(__file__).parents[3] / "data" / "screenshots"
LIMIT = 3_000_000
ATTACK = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
DRAWN = "path:not([d='']), line, text"


def publish(con, folder: Path) -> Path:
    """Return the content of the page of a release's tables, in the release's order."""
    (folder / "charts").mkdir()
    files.write(con, folder / "charts")
    export.write(con, folder, RELEASE)
    (folder / "manifest.json").write_text(json.dumps(RELEASE), "utf-8")
    written = page.write(con, folder, RELEASE)
    export.bundle(folder, RELEASE)
    return written


@pytest.fixture(scope="module")
def file(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of the built release, with everything it links."""
    folder = tmp_path_factory.mktemp("page")
    with connect(built.parent) as con:
        shutil.copy(built.parent / "changes.md", folder)
        written = publish(con, folder)
    for name in ("warehouse.duckdb", "claims.md"):
        shutil.copy(built.parent / name, folder)
    return written


@pytest.fixture(scope="module")
def uncovered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a home's first release, of a pair that most datasets do not cover."""
    home = tmp_path_factory.mktemp("uncovered")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DYAD_HOME", str(home))
        patch.setenv("DAGSTER_HOME", str(home / "dagster"))
        with ThreadPoolExecutor(1) as thread:  # Dagster needs a thread without a running event loop; Playwright's runs in this one
            thread.submit(launch.refresh, dyads=["FRA-GBR"]).result()
    return home / "current" / "index.html"


@pytest.fixture(scope="module")
def odd(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a page whose names and titles contain scripts, without any row of the composition, after an earlier release."""
    folder = tmp_path_factory.mktemp("odd")
    shutil.copy(built, folder / "warehouse.duckdb")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        con.execute("update charts.naval_drills set name = ?, sea = ?", [ATTACK, ATTACK])
        con.execute("update charts.bloc_membership set country_name = ? where iso3 = 'BRA'", [ATTACK])
        link = "javascript:window.hacked=1"
        con.execute(
            "update core.evidence set title = $1, publisher = $1, as_printed = $1, via = $1, url = $2, via_url = $2", [ATTACK, link]
        )
        con.execute("update charts.claims set claim = ?, value_found = ?, quote = ?, reason = ?", [ATTACK] * 4)
        con.execute("update catalog.claimed_text set title = ?, publisher = ?, url = ?", [ATTACK, ATTACK, link])
        con.execute("update catalog.source set title = ?, url = 'javascript:window.hacked=1'", [ATTACK])
        con.execute("delete from charts.trade_composition")
        con.execute("delete from catalog.change")  # the page shows the first of many
        for tier in diff.TIERS:
            con.execute("insert into catalog.change values ('naval_drills', ?, 'changed', ?, ?, ?, ?, 2)", [ATTACK, tier, *[ATTACK] * 3])
        return publish(con, folder)


def is_fault(message) -> bool:
    """Return True for errors and warnings, except those of Vega-Lite about scales that the layers of a visual share."""
    return message.type in ("error", "warning") and not message.text.startswith("WARN Conflicting")


@pytest.fixture
def visit(browser):
    """Yield a function that opens a page offline, all charts drawn; at the end nothing may have failed or been fetched."""
    contexts, errors, fetched = [], [], []

    def visit(file: Path, width: int = 1400, scheme: str = "light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: errors.append(message.text) if is_fault(message) else None)
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("request", lambda request: fetched.append(request.url))
        tab.goto(file.as_uri())
        tab.wait_for_selector("html[data-ready]", state="attached")
        return tab

    yield visit
    for context in contexts:
        context.close()
    assert errors == []
    assert all(url.startswith("file:") and url.endswith("/index.html") for url in fetched), fetched


def embedded(file: Path) -> dict:
    text = file.read_text("utf-8").split('id="release-data">', 1)[1].split("</script>", 1)[0]
    return json.loads(text)


def test_every_chart_has_marks(visit, file):
    tab = visit(file)
    for key in embedded(file)["charts"]:
        assert tab.locator(f"[data-chart='{key}'] svg").locator(DRAWN).count() > 20, key
    assert list(embedded(file)["charts"]) == list(drawings())


def test_every_drawn_chart_is_named_by_its_finding(visit, file):
    tab = visit(file)
    for key, chart in embedded(file)["charts"].items():
        name = tab.locator(f"[data-chart='{key}']").get_attribute("aria-label")
        assert name == chart["description"] and len(name) > 60, key


def test_page_says_what_it_is(visit, file):
    tab = visit(file)
    text = tab.locator("body").inner_text()
    for text_of_release in (RELEASE["release"], "23 November 2026", "CHN-RUS", "@misc{dyad-2026-11-23-0123456789ab,"):
        assert text_of_release in text, text_of_release
    for section in tab.locator("article.dataset").all():
        assert section.locator("h3").inner_text() in tab.locator(".findings").inner_text()
    assert tab.locator("table.claims tbody tr").count() == len(models.claims())


def opens(path: Path) -> bool:
    """Read a file by its name's ending."""
    match path.suffix:
        case ".csv":
            return len(list(csv.reader(path.open(encoding="utf-8", newline="")))) > 1
        case ".json" | ".jsonld":
            return bool(json.loads(path.read_text("utf-8")))
        case ".parquet":
            return pq.read_table(path).num_rows > 0
        case ".svg":
            return ET.parse(path).getroot().tag.endswith("svg")  # noqa: S314 -- our own file
        case ".png":
            return path.read_bytes().startswith(b"\x89PNG")
        case ".zip":
            return zipfile.ZipFile(path).testzip() is None
        case ".duckdb":
            with duckdb.connect(str(path), read_only=True) as con:
                return con.execute("select count(*) from catalog.dyad").fetchone() == (1,)
        case ".md":
            return bool(path.read_text("utf-8"))
    return False


def test_every_download_opens(visit, file):
    tab = visit(file)
    links = {a.get_attribute("href") for a in tab.locator("a").all()}
    files = {link for link in links if not link.startswith(("#", "http"))}
    assert [link for link in sorted(files) if not opens(file.parent / unquote(link))] == []
    offered = {path.name for path in (file.parent / "charts").iterdir()}
    assert {link.removeprefix("charts/") for link in files if link.startswith("charts/")} == offered
    assert {link for link in links if link.startswith("#") and not tab.locator(f"[id='{unquote(link[1:])}']").count()} == set()


@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible(visit, file, scheme, width):
    tab = visit(file, width, scheme)
    tab.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    tab.wait_for_selector("[data-table='bloc_membership'] tbody tr")
    report = Axe().run(tab)
    assert report.violations_count == 0, report.generate_report()
    tab.locator("[data-table='joint_exercises'] button.evidence").first.click()
    report = Axe().run(tab)
    assert report.violations_count == 0, report.generate_report()


def test_text_in_charts_is_readable_in_the_dark(visit, file):
    faint = visit(file, scheme="dark").evaluate(
        """() => {
          const light = (colour) => { const [r, g, b] = colour.match(/[\\d.]+/g).map((c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const page = light(getComputedStyle(document.body).backgroundColor);
          return [...document.querySelectorAll(".chart svg text")].filter((text) => getComputedStyle(text).fill !== "none")
            .filter((text) => (light(getComputedStyle(text).fill) + 0.05) / (page + 0.05) < 4.5)
            .map((text) => `${text.textContent} ${text.getAttribute("fill")}`);
        }"""
    )
    assert faint == []


@pytest.mark.parametrize("width", [400, 800, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_and_stays_in_place(visit, file, width, scheme):
    tab = visit(file, width, scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    shift = """new Promise((done) => new PerformanceObserver((list) =>
        done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({ type: "layout-shift", buffered: true })
        ?? setTimeout(() => done(0), 200))"""
    assert tab.evaluate(shift) < 0.02
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=SCREENSHOTS / f"page-{width}-{scheme}.png", full_page=True)


def test_print_shows_charts_on_white_with_open_details(visit, file):
    tab = visit(file, 800, "dark")
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.locator("article details[data-print]:not([open])").count() == 0
    assert not tab.locator("article .files").first.is_visible()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=SCREENSHOTS / "page-print.png", full_page=True)
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.locator("article details[open]").count() == 0


def test_keyboard_reaches_the_evidence_and_comes_back(visit, file):
    tab = visit(file)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    for _ in range(40):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.matches('[data-table=joint_exercises] summary')"):
            break
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-table='joint_exercises'] tbody tr")
    tab.keyboard.press("Tab")  # the table, which scrolls
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Evidence of row 1"
    tab.keyboard.press("Enter")
    panel = tab.locator("dialog[open]")
    sha256 = panel.locator(".sha code").first.inner_text()
    assert len(sha256) == 64
    assert "exercise.csv" in panel.inner_text()
    tab.keyboard.press("Escape")
    assert panel.count() == 0
    assert tab.evaluate("document.activeElement.textContent") == "Evidence of row 1"


def test_a_mark_opens_its_row_and_evidence(visit, file, built):
    tab = visit(file)
    marks = tab.locator("[data-chart='security_council_vetoes'] .mark-rect path")
    marks.first.scroll_into_view_if_needed()
    marks.first.hover()
    assert "S/" in tab.locator(".tip").inner_text()
    tip = tab.locator(".tip .document").inner_text()
    marks.first.click()
    panel = tab.locator("dialog[open]")
    fields = dict(zip(panel.locator("dt").all_inner_texts(), panel.locator("dd").all_inner_texts(), strict=True))
    with connect(built.parent) as con:
        ids = con.execute(
            "select evidence from charts.security_council_vetoes where draft_symbol = ?", [fields["draft_symbol"]]
        ).fetchone()[0]
        (url,) = con.execute(
            "select any_value(coalesce(url, via_url)) from core.evidence where list_contains(?, evidence_id)", [ids]
        ).fetchone()
        words = "publisher || ': ' || title || coalesce(', via ' || via, '')"
        cited = con.execute(f"select {words} from core.evidence where evidence_id = ?", [ids[0]]).fetchone()[0]
    assert tip == f"{cited} and {len(ids) - 1} more figures."
    assert panel.locator(".cited > li").count() == len(ids)
    assert panel.locator(f".cited a[href='{url}']").count()


def hovered(tab, key: str, chosen: str) -> dict[str, str]:
    """Return the fields of the tooltip of the first uncovered mark of a chart whose datum obeys `chosen`, JavaScript on `d`."""
    at = tab.evaluate(
        f"""() => {{
          for (const path of document.querySelectorAll("[data-chart='{key}'] svg path")) {{
            const d = path.__data__?.datum;
            if (!(d?.rows && ({chosen}))) continue;
            path.scrollIntoView({{ block: "center", behavior: "instant" }});
            const box = path.getBoundingClientRect(), at = [box.x + box.width / 2, box.y + box.height / 2];
            if (document.elementFromPoint(...at) === path) return at;
          }}
        }}"""
    )
    tab.mouse.move(*at)
    fields = tab.locator(".tip .fields")
    return dict(zip(fields.locator("dt").all_inner_texts(), fields.locator("dd").all_inner_texts(), strict=True))


def test_tooltips_name_states_and_leave_out_flags_that_do_not_apply(visit, file):
    tab = visit(file)
    assert hovered(tab, "naval_drills", "d.others === 'IRN'")["Also took part"] == "Iran"
    flag = "Year not over"
    assert flag not in hovered(tab, "joint_exercises", "!d.is_partial")
    assert hovered(tab, "joint_exercises", "d.is_partial")[flag] == "yes"
    assert "Choose it for the links." in tab.locator(".tip").inner_text()


def test_claims_are_cards_on_a_narrow_screen(visit, file):
    tab = visit(file, 400)
    for cell in tab.locator(".claims tbody td").all():
        box = cell.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 400
    rows = tab.get_by_role("region", name="Claims and verdicts").get_by_role("row")
    assert rows.count() == len(models.claims()) + 1  # a screen reader gets a table
    assert rows.nth(1).get_by_role("cell").count() == 3
    assert tab.locator(".claims .when").first.inner_text() == "Then"
    wide = visit(file, 800)
    assert not wide.locator(".claims .when").first.is_visible()


@pytest.mark.parametrize("width", [320, 400, 1400])
def test_type_in_charts_is_never_too_small(visit, file, width):
    tab = visit(file, width)
    smallest = tab.evaluate(
        """[...document.querySelectorAll(".wide svg")].map((svg) => Math.min(...[...svg.querySelectorAll("text")].filter((text) => text.textContent)
          .map((text) => parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)))"""
    )
    assert len(smallest) == len(drawings()) and min(smallest) >= content.LEGIBLE - 0.05
    for box in tab.locator(".wide").all():
        scrolls = box.evaluate("(box) => box.scrollWidth > box.clientWidth")
        assert box.get_attribute("role") == ("region" if scrolls else None)
        assert box.evaluate("(box) => box.tabIndex") == (0 if scrolls else -1)
        assert not scrolls or width < 1400


def test_changes_are_counted_and_the_gravest_listed_one_by_one(visit, file, built):
    with connect(built.parent) as con:
        all_changes = [diff.Change(*row) for row in con.execute("from catalog.change").fetchall()]
    changes = visit(file).locator("#changes")
    counts = [tuple(row.locator("th, td").all_inner_texts()) for row in changes.locator(".counts tbody tr").all()]
    assert counts == [tuple(map(str, row)) for row in diff.counted(all_changes)]
    assert RELEASE["follows"] in changes.inner_text()
    for tier, listed in zip(("scope", "verdict", "headline"), changes.locator(".changed").all(), strict=True):
        of = [c for c in all_changes if c.tier == tier]
        lines = listed.locator("li").all_inner_texts()
        assert len(lines) == min(len(of), content.LISTED) > 0
        assert all(c.key in line and (c.after is None or content.figure(c.after) in line) for c, line in zip(of, lines, strict=False))
    rest = changes.locator("details")
    assert rest.get_attribute("open") is None
    beyond = sum(max(0, sum(c.tier == tier for c in all_changes) - content.LISTED) for tier in ("scope", "verdict", "headline"))
    assert str(beyond + sum(c.tier == "other" for c in all_changes)) in rest.locator("summary").inner_text()
    assert changes.locator("pre").count() == 0


def test_maps_name_what_their_land_is_made_from(visit, file):
    tab = visit(file)
    for dataset in drawings():
        links = tab.locator(f"article#{dataset} a[href='#core.country_shape']").count()
        assert links == (1 if dataset in ("naval_drills", "bloc_membership") else 0), dataset
    assert "country_shape.csv" in tab.locator("[id='raw.country_shape']").text_content()
    (row,) = [row for row in tab.locator("#sources tbody tr").all_inner_texts() if "Natural Earth" in row]
    assert {"bloc_membership", "naval_drills"} <= set(row.split())


def test_first_page_of_an_uncovered_pair_says_so(visit, uncovered):
    tab = visit(uncovered)
    shown = embedded(uncovered)["charts"]
    lead = tab.locator(".lead")
    assert list(shown) == ["security_council_vetoes", "bloc_membership"]
    assert (
        f"{content.spelled(len(models.layer('charts'))).capitalize()} chart-ready datasets" in lead.inner_text()
        and "Two hold figures on France and the United Kingdom; outside coverage" in lead.inner_text()
    )
    assert {a.get_attribute("href") for a in lead.locator("a").all()} == {f"#{name}" for name in drawings() if name not in shown}
    assert "no earlier release" in tab.locator("#changes").inner_text()
    assert Axe().run(tab).violations_count == 0


def test_covered_pair_is_not_called_uncovered(visit, file):
    assert "outside coverage" not in visit(file).locator(".lead").inner_text()


def test_long_table_shows_its_rows_in_steps(visit, file):
    tab = visit(file)
    table = tab.locator("[data-table='trade_composition']")
    table.locator("summary").click()
    table.locator("tbody tr").first.wait_for()
    assert table.locator("tbody tr").count() == 200
    assert "200 of " in table.locator("[role=status]").inner_text()
    table.get_by_role("button", name="Show 200 more").click()
    assert table.locator("tbody tr").count() == 400


def test_text_from_sources_stays_text(visit, odd):
    tab = visit(odd)
    tab.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    tab.wait_for_selector("[data-table='naval_drills'] tbody tr")
    tab.locator("[data-table='naval_drills'] button.evidence").first.click()
    assert tab.locator("dialog[open]").inner_text().count(ATTACK) >= 2
    assert tab.locator("dialog[open] .cited li").first.inner_text().count(ATTACK) == 4
    assert tab.locator("dialog[open] .cited li > p").first.inner_text() == f"“{ATTACK}”", "the words of the document come first"
    assert tab.locator("dialog[open] .cited a").count() == 0
    assert tab.locator("#changes").inner_text().count(ATTACK) == 4 * len(diff.TIERS)
    assert tab.evaluate("window.hacked") is None
    assert tab.locator("img, a[href^='javascript']").count() == 0


def test_dataset_outside_coverage_is_shown_as_such(visit, odd):
    tab = visit(odd)
    section = tab.locator("article#trade_composition")
    assert "Outside coverage" in section.inner_text()
    assert section.locator("[data-chart], [data-table]").count() == 0
    assert section.locator(".files a").count() >= 4
    assert Axe().run(tab).violations_count == 0


def test_same_release_gives_the_same_small_page(file, built, tmp_path):
    shutil.copytree(file.parent, tmp_path / "again", ignore=shutil.ignore_patterns("index.html", "*.duckdb"))
    with connect(built.parent) as con:
        again = page.write(con, tmp_path / "again", RELEASE)
    assert again.read_bytes() == file.read_bytes()
    assert len(again.read_bytes()) < LIMIT


@pytest.mark.parametrize("dataset", drawings())
def test_every_mark_leads_to_the_rows_of_its_keys(file, dataset):
    shown = embedded(file)
    spec = json.loads((file.parent / "charts" / f"{dataset}.vl.json").read_text("utf-8"))
    table = shown["tables"][dataset]
    names = [name for name, _ in table["columns"]]
    by_position = [[row[names.index(column)] for column in spec["usermeta"]["key"]] for row in table["rows"]]
    given = [d["keys"] for rows in spec["datasets"].values() for d in rows if "keys" in d]
    leading = [d["rows"] for rows in shown["charts"][dataset]["datasets"].values() for d in rows if "rows" in d]
    assert len(leading) == len(given) > 0
    assert [sorted(map(str, keys)) for keys in given] == [sorted(str(by_position[i]) for i in rows) for rows in leading]


def test_a_mark_that_adds_up_opens_all_its_rows_and_no_other(visit, file):
    tab = visit(file)
    at = tab.evaluate(
        """() => {
          const path = [...document.querySelectorAll("[data-chart='trade_composition'] svg path")].find((p) => p.__data__?.datum?.rows?.length === 2);
          path.scrollIntoView({ block: "center", behavior: "instant" });
          const box = path.getBoundingClientRect();
          return { x: box.x + box.width / 2, y: box.y + box.height / 2, rows: path.__data__.datum.rows };
        }"""
    )
    tab.mouse.click(at["x"], at["y"])
    panel = tab.locator("dialog[open]")
    assert "This mark stands for 2 rows of the dataset." in panel.inner_text()
    table = embedded(file)["tables"]["trade_composition"]
    assert panel.locator(".cited > li").count() == sum(len(table["evidence"][i]) for i in at["rows"])


@pytest.fixture(scope="module")
def without_visual(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a release with one dataset more, which no function draws: a class, a header and a table."""

    class PortCalls(charts.ChartTable, key=("dyad", "year"), known_from="year", expected=None):
        """Calls at ports per year, for this test alone."""

        dyad: Text = column("dyad")
        year: Whole = column("year")
        exercise_count: Whole = column("exercise_count")
        qualifications: TextList = column("qualifications")
        evidence: TextList = column("evidence")

    header = {"title": "Calls at ports", "unit": "calls", "counting_rule": "one a day", "how_to_read": "add up", "not_shown": "passages"}
    model = models.Model("charts.port_calls", "select * from core.exercise", header, ["core.exercise"])
    layers = {layer: [*models.layer(layer), *([model] if layer == "charts" else [])] for layer in ("core", "charts")}
    folder = tmp_path_factory.mktemp("without-visual")
    shutil.copy(built, folder / "warehouse.duckdb")
    with pytest.MonkeyPatch.context() as patch, duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        patch.setitem(registry.MODELED, model.name, PortCalls)
        patch.setattr(models, "layer", layers.__getitem__)
        con.execute(
            "create table charts.port_calls (dyad varchar, year bigint, exercise_count bigint, qualifications varchar[], evidence varchar[])"
        )
        con.execute("insert into charts.port_calls select dyad, 2020, 3, [], evidence from charts.naval_drills limit 1")
        return publish(con, folder)


def test_a_dataset_without_a_visual_has_its_table_evidence_and_files(visit, without_visual):
    tab = visit(without_visual)
    assert f"{content.spelled(len(models.layer('charts')) + 1).capitalize()} chart-ready datasets" in tab.locator(".lead").inner_text()
    assert tab.locator(".findings a[href='#port_calls']").inner_text() == "Calls at ports"
    section = tab.locator("article#port_calls")
    assert section.locator("h3").inner_text() == "Calls at ports" and section.locator(".kicker, [data-chart], img").count() == 0
    assert "Not shown: passages." in section.inner_text()
    section.locator("[data-table] summary").click()
    section.locator("tbody tr").first.wait_for()
    section.locator("button.evidence").click()
    assert "exercise.csv" in tab.locator("dialog[open]").inner_text()
    links = {a.get_attribute("href") for a in section.locator(".files a").all()}
    assert links == {f"charts/port_calls.{suffix}" for suffix in ("csv", "parquet", "json", "metadata.json")}
    assert all(opens(without_visual.parent / link) for link in links)
    resources = json.loads((without_visual.parent / "datapackage.json").read_text("utf-8"))["resources"]
    assert "port_calls" in {resource["name"] for resource in resources}
    assert Axe().run(tab).violations_count == 0
