"""Test the page of a release in a real browser: drawn, accessible, traceable to the evidence, and without network requests."""

import csv
import functools
import gzip
import json
import re
import shutil
import xml.etree.ElementTree as ET
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, unquote

import duckdb
import pyarrow.parquet as pq
import pytest
from axe_playwright_python.sync_playwright import Axe

from pipelines import launch
from schemas import charts, registry
from schemas.fields import Text, TextList, Whole, column
from warehouse import export, models, page
from warehouse.connect import connect
from warehouse.export import lines
from warehouse.page import changes, content, evidence, ledger, story, words
from warehouse.release import diff, pairs
from warehouse.visuals import files, style
from warehouse.visuals.registry import drawings

RELEASE = {"release": "2026-11-23-0123456789ab", "as_of": "2026-11-23", "dyads": ["CHN-RUS"], "follows": "2024-12-12-ba9876543210"}
SCREENSHOTS = Path(__file__).parents[3] / "data" / "screenshots"
LIMIT, COMPRESSED = 2_000_000, 600_000
# targets of at least 24 px; of what passes no list is made, which takes most of the time
RULES = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
COPIED = "navigator.clipboard.writeText = async (text) => { window.copied = text; };"
ATTACK = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"


def publish(con, folder: Path, release: dict | None = None) -> Path:
    """Return the page of a release's tables, after writing what it shows in the release's order."""
    release = release or RELEASE
    (folder / "charts").mkdir()
    files.Pictures(con, folder / "charts").wait()
    lines.write(con, folder)
    export.write(con, folder, release)
    (folder / "manifest.json").write_text(json.dumps(release), "utf-8")
    written = page.write(con, folder, release)
    export.bundle(folder, release)
    return written[0]


def texts(table: dict) -> list[str]:
    """Return the rows of a table of the page in words; each is stored as the number of characters shared with the one before, and its rest."""
    texts = [""]
    for shared, rest in zip(table["texts"][::2], table["texts"][1::2], strict=True):
        texts.append(texts[-1][:shared] + rest)
    return texts[1:]


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
    shutil.copyfile(built, folder / "warehouse.duckdb")
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
            con.execute(
                "insert into catalog.change values ('naval_drills', ?, 'changed', ?, ?, ?, ?, 2)",
                [f"CHN-RUS {ATTACK}", tier, *[ATTACK] * 3],
            )
        return publish(con, folder)


class Visits:
    """Pages opened offline, what they logged and what they fetched."""

    def __init__(self, browser):
        self.browser, self.contexts, self.logged, self.fetched = browser, [], [], []

    def open(self, file: Path, width: int = 1400, scheme: str = "light", at: str = "", **options):
        context = self.browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, **options)
        self.contexts.append(context)
        context.add_init_script(COPIED)
        tab = context.new_page()
        tab.on("console", lambda message: self.logged.append(message.text))
        tab.on("pageerror", lambda error: self.logged.append(str(error)))
        tab.on("request", lambda request: self.fetched.append(request.url))
        tab.goto(file.as_uri() + at)
        if options.get("java_script_enabled", True):
            tab.wait_for_selector("html[data-ready]", state="attached")
        return tab

    def close(self) -> None:
        """Close all; nothing may have been logged or fetched."""
        for context in self.contexts:
            context.close()
        assert self.logged == []
        assert all(url.startswith(("file:", "data:font")) and not url.endswith(".js") for url in self.fetched), self.fetched


@pytest.fixture
def visit(browser):
    """Yield a function that opens a page."""
    visits = Visits(browser)
    yield visits.open
    visits.close()


@pytest.fixture(scope="module")
def look(browser):
    """Yield a function that opens a page once for all tests that only read it."""
    visits = Visits(browser)
    yield functools.cache(visits.open)
    visits.close()


def embedded(file: Path) -> dict:
    text = file.read_text("utf-8").split('id="release-data">', 1)[1].split("</script>", 1)[0]
    return json.loads(text)


def unrolled(text: str) -> list[int]:
    """Return the positions that an attribute of a mark lists, successive ones as a run: `3 7-9`."""
    runs = [[int(end) for end in run.split("-")] for run in text.split()]
    return [at for run in runs for at in range(run[0], run[-1] + 1)]


def rows_of(table: dict) -> list[dict]:
    """Return the rows of an embedded table as the script unpacks them."""
    columns = [evidence.unpacked(column) for column in table["values"]]
    return [dict(zip([name for name, _ in table["columns"]], row, strict=True)) for row in zip(*columns, strict=True)]


def with_marks(tab) -> list[str]:
    """Return the charts whose marks stand for rows."""
    keys = tab.evaluate(
        "[...document.querySelectorAll('[data-chart]')].filter((c) => c.querySelector('[data-rows]')).map((c) => c.dataset.chart)"
    )
    assert keys
    return keys


def copied(tab) -> str:
    """Return the text that was copied last."""
    tab.wait_for_function("window.copied !== undefined")
    text = tab.evaluate("window.copied")
    tab.evaluate("delete window.copied")
    return text


def show_table(tab, key: str):
    """Open the table below a chart."""
    tab.locator(f"[data-show='{key}']").click()
    table = tab.locator(f"[data-table='{key}']")
    table.locator("tbody tr").first.wait_for()
    return table


# --- first sight ----------------------------------------------------------------------------------------------------


def test_every_chart_is_in_the_page_before_any_script(visit, file):
    tab = visit(file, java_script_enabled=False)
    charts = tab.locator("[data-chart] > svg.wide")
    assert charts.count() == len(drawings())
    for chart in charts.all():
        assert chart.locator("path, line, rect").count() > 20
        box = chart.bounding_box()
        assert box["width"] > 900 and box["height"] > 100
    assert tab.locator("noscript .notice").is_visible()


@pytest.mark.sampled(2)
@pytest.mark.parametrize("width", [320, 400, 800, 1000, 1400])
def test_one_drawing_shows_with_type_of_a_legible_size(look, file, width):
    tab = look(file, width)
    sizes = tab.evaluate(
        """[...document.querySelectorAll("[data-chart] > svg")].filter((svg) => svg.getBoundingClientRect().width).map((svg) => [svg.parentElement.dataset.chart,
          Math.min(...[...svg.querySelectorAll("text")].filter((text) => text.textContent).map((text) =>
            parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width))])"""
    )
    assert [key for key, _ in sizes] == list(drawings())
    assert {key: size for key, size in sizes if size < 11 * 0.99} == {}


def test_a_dataset_without_a_chart_shows_its_last_rows_alone(built, monkeypatch):
    without = [name for name in drawings() if name != "assembly_agreement"]
    monkeypatch.setattr(content, "drawings", lambda: without)
    with connect(built.parent) as con:
        [(count,)] = con.execute("select count(*) from charts.assembly_agreement where dyad = 'CHN-RUS'").fetchall()
        read = content.read(con, built.parent, RELEASE, "CHN-RUS")
    [section] = [section for section in read.page["sections"] if section["key"] == "assembly_agreement"]
    assert f"The table has the last {content.LATEST} of {count} rows; the files have all." in section["note"] and not section["is_drawn"]
    assert len(read.data["tables"]["assembly_agreement"]["evidence"]) == content.LATEST


@pytest.mark.parametrize("rows", [[], ["a"], ["2023, China", "2023, Chile", "2024", "", "x \N{GRINNING FACE} 1", "x \N{GRINNING FACE} 2"]])
def test_rows_in_words_are_stored_by_what_differs(rows):
    coded = evidence.front_coded(rows)
    assert coded[::2] == [0, 9, 3, 0, 0, 5][: len(rows)] and len(coded) == 2 * len(rows)
    assert "".join(coded[1:2]) == "".join(rows[:1])


def test_page_is_small(file):
    page = file.read_bytes()
    assert len(page) < LIMIT and len(gzip.compress(page)) < COMPRESSED


@pytest.mark.sampled(1, each="scheme")
@pytest.mark.parametrize("width", [320, 400, 800, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_and_stays_in_place(look, file, width, scheme):
    tab = look(file, width, scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    shift = """new Promise((done) => new PerformanceObserver((list) =>
        done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({ type: "layout-shift", buffered: true })
        ?? setTimeout(() => done(0), 200))"""
    assert tab.evaluate(shift) == 0
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=SCREENSHOTS / f"page-{width}-{scheme}.png", full_page=True)


# --- what it says ---------------------------------------------------------------------------------------------------


def test_page_says_what_it_is(look, file):
    tab = look(file)
    text = tab.locator("body").inner_text()
    for text_of_release in (RELEASE["release"], "23 November 2026", "CHN-RUS", "@misc{dyad-2026-11-23-0123456789ab,"):
        assert text_of_release in text, text_of_release
    assert tab.locator("main > section.chapter > h2").all_inner_texts() == ["Train", "Trade", "Vote", "Beyond the article"]
    assert tab.locator(".figures b").count() == 4
    for link in tab.locator(".figures a, .sticky a").all():
        assert tab.locator(f"[id='{link.get_attribute('href')[1:]}']").count() == 1


def test_article_is_named_quoted_and_linked(look, file, built):
    with connect(built.parent) as con:
        title, url = con.execute("select title, url from catalog.claimed_text").fetchone()
        verdicts = con.execute("select claim_id, verdict, verdict_today, quote from charts.claims order by claim_id").fetchall()
    tab = look(file)
    lead = tab.locator(".lead")
    assert lead.locator(f"a[href='{url}']").inner_text() == f"“{title}”" and f"“{verdicts[0][3]}”" in lead.inner_text()
    held_then = sum(then in ledger.HOLDING for _, then, _, _ in verdicts)
    assert f"Of its {len(verdicts)} statements {held_then} held at least in part on that day" in lead.inner_text()
    dots = tab.locator(".dots").nth(1).locator("a")
    assert [dot.inner_text() for dot in dots.all()] == [f"{claim}: {today}" for claim, _, today, _ in verdicts]
    changed = [claim for claim, then, today, _ in verdicts if then != today]
    assert [item.get_attribute("id") for item in tab.locator(".claim").all()][: len(changed)] == [f"cfr_2024-{claim}" for claim in changed]
    assert tab.locator(".claim").count() == len(verdicts)
    for link in tab.locator(".claim blockquote a").all():
        assert link.get_attribute("href").startswith(f"{url}#:~:text=")


def test_link_into_a_fold_opens_it(visit, file):
    tab = visit(file, at="#cfr_2024-C01")
    assert tab.locator("[id='cfr_2024-C01']").is_visible()
    tab = visit(file, at="#raw.exercise")
    assert tab.locator("[id='raw.exercise'] .snapshots").is_visible()


def test_sentences_lead_to_the_charts(look, file, built):
    tab = look(file)
    assert tab.locator(".lead-in").count() == len(drawings())
    with connect(built.parent) as con:
        both, alone = con.execute(
            "select count(*) filter (veto_type = 'joint'), count(*) from charts.security_council_vetoes where confidence = 'documented'"
        ).fetchone()
    assert f"has vetoed {alone} drafts and amendments, both together {both} of them" in tab.locator("#vote").inner_text()
    assert tab.locator(".figures li", has_text="joint vetoes").locator("b").inner_text() == str(both)


def test_a_key_figure_is_compared_within_its_series_alone(built) -> None:
    pair = {"dyad": "CHN-RUS", "a": "China", "b": "Russia"}
    with duckdb.connect(":memory:") as con:
        con.execute(f"attach '{built}' as release (read_only); create schema charts")
        for table in story.KEY_FIGURES:
            con.execute(f"create table charts.{table} as from release.charts.{table}")
        asides = {}
        for basis in ("basis", "'One'"):
            con.execute(f"update charts.bilateral_trade set basis = {basis} where is_headline and year(period_start) = 2025")
            asides[basis] = {figure.dataset: figure.aside for figure in story.key_figures(con, pair)}["bilateral_trade"]
    assert asides == {"basis": "down 7% on 2024; most in 2024", "'One'": "no other year of this series"}


def test_other_sites_show_title_text_and_picture(file):
    tags = dict(re.findall(r'<meta (?:property|name)="(og:\w+|description|twitter:card)" content="([^"]*)">', file.read_text("utf-8")))
    assert tags["og:title"] == "How closely do China and Russia train, trade and vote together?"
    assert len(tags["og:description"]) > 80 and tags["description"] == tags["og:description"]
    picture = (file.parent / tags["og:image"]).read_bytes()
    assert picture.startswith(b"\x89PNG") and (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (1200, 630)


def opens(path: Path) -> bool:
    """Read a file by its name's ending."""
    match path.suffix:
        case ".html":
            return "</html>" in path.read_text("utf-8")
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


def test_every_download_opens(look, file):
    tab = look(file)
    links = set(tab.locator("a").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))"))
    ids = set(tab.locator("[id]").evaluate_all("(all) => all.map((element) => element.id)"))
    files = {link for link in links if not link.startswith(("#", "http"))}
    assert [link for link in sorted(files) if not opens(file.parent / unquote(link))] == []
    offered = {path.name for path in (file.parent / "charts").iterdir()}
    assert {link.removeprefix("charts/") for link in files if link.startswith("charts/")} == offered
    assert {link for link in links if link.startswith("#") and unquote(link[1:]) not in ids} == set()


@pytest.mark.campaign
@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible(visit, file, width, scheme):
    tab = visit(file, width, scheme)
    report = Axe().run(tab, options=RULES)
    assert report.violations_count == 0, report.generate_report()
    tab.evaluate("document.querySelectorAll('details:not(.menu)').forEach((details) => (details.open = true))")
    show_table(tab, "bloc_membership")
    report = Axe().run(tab, options=RULES)
    assert report.violations_count == 0, report.generate_report()
    show_table(tab, "joint_exercises").locator("button.evidence").first.click()
    tab.evaluate("document.querySelectorAll('dialog details').forEach((details) => (details.open = true))")
    report = Axe().run(tab, options=RULES)
    assert report.violations_count == 0, report.generate_report()


def test_lines_of_evidence_are_accessible(visit, file):
    tab = visit(file)
    pages = sorted((file.parent / "evidence").iterdir(), key=lambda path: path.stat().st_size)
    tab.goto(pages[0].as_uri())
    report = Axe().run(tab, options=RULES)
    assert report.violations_count == 0, report.generate_report()


def test_every_chart_is_named_by_its_finding(look, file):
    tab = look(file)
    for dataset in drawings():
        meta = json.loads((file.parent / "charts" / f"{dataset}.vl.json").read_text("utf-8"))["usermeta"]
        chart = tab.locator(f"[data-chart='{dataset}'] > svg.wide")
        assert chart.get_attribute("aria-label") == meta["alt"] and len(meta["alt"]) > 60
        assert tab.locator(f"#{dataset}-title").inner_text() == meta["title"]
    unnamed = tab.evaluate("[...document.querySelectorAll('[data-rows]')].filter((mark) => !mark.getAttribute('aria-label')).length")
    assert unnamed == 0


def test_text_in_charts_is_readable_in_the_dark(look, file):
    faint = look(file, 1400, "dark").evaluate(
        """() => {
          const light = (colour) => { const [r, g, b] = colour.match(/[\\d.]+/g).map((c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const page = light(getComputedStyle(document.body).backgroundColor);
          return [...document.querySelectorAll(".chart svg.wide text")].filter((text) => text.getAttribute("fill")?.startsWith("var(--ink") || text.getAttribute("fill")?.startsWith("var(--muted"))
            .filter((text) => (light(getComputedStyle(text).fill) + 0.05) / (page + 0.05) < 4.5)
            .map((text) => `${text.textContent} ${text.getAttribute("fill")}`);
        }"""
    )
    assert faint == []


def test_forced_colours_and_reduced_motion_are_obeyed(visit, file):
    tab = visit(file)
    tab.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert tab.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert tab.evaluate("getComputedStyle(document.querySelector('.chart svg')).backgroundColor") == "rgb(255, 255, 255)"
    dots = tab.evaluate(
        "new Set([...document.querySelectorAll('.dots .dot')].map((dot) => getComputedStyle(dot).backgroundImage + getComputedStyle(dot).backgroundColor)).size"
    )
    assert dots > 2
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=SCREENSHOTS / "page-forced-colours.png")


def test_print_shows_charts_on_white_without_controls(visit, file):
    tab = visit(file, 800, "dark")
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.locator("details[data-print]:not([open])").count() == 0
    assert not tab.locator(".bar").first.is_visible() and tab.locator("[data-chart] > svg.wide").first.is_visible()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    tab.pdf(path=SCREENSHOTS / "page.pdf", format="A4")
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.locator("details[data-print][open]").count() == 0


# --- marks and evidence ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("infix", ["", ".narrow"])
@pytest.mark.parametrize("dataset", drawings())
def test_every_mark_leads_to_the_rows_of_its_keys(look, file, dataset, infix):
    meta = json.loads((file.parent / "charts" / f"{dataset}{infix}.vl.json").read_text("utf-8"))["usermeta"]
    rows = rows_of(embedded(file)["tables"][dataset])
    names = [name for name in meta["key"] if name != "dyad"]
    at = {tuple(row[name] for name in names): i for i, row in enumerate(rows)}
    drawn = ET.parse(file.parent / "charts" / f"{dataset}{infix}.svg").getroot()  # noqa: S314 -- our own file
    given = [
        (mark.get("aria-label"), [at[tuple(v for n, v in zip(meta["key"], meta["rows"][int(i)], strict=True) if n != "dyad")] for i in mark.get("data-rows").split()])
        for mark in drawn.iter()
        if mark.get("data-rows")
    ]  # fmt: skip
    tab = look(file)
    width = meta["width"] if tab.locator(f"[data-chart='{dataset}'] > svg.{meta['width']}").count() else "wide"  # a form of one width
    marks = tab.evaluate(
        "(css) => [...document.querySelectorAll(css)].map((mark) => [mark.getAttribute('aria-label'), mark.dataset.rows])",
        f"[data-chart='{dataset}'] > svg.{width} [data-rows]",
    )
    assert [(name, unrolled(rows)) for name, rows in marks] == given


def test_a_mark_opens_its_row_and_evidence(visit, file):
    tab = visit(file)
    shown = embedded(file)
    for key in with_marks(tab):
        marks = tab.locator(f"[data-chart='{key}'] > svg.wide [data-rows]")
        mark = marks.nth(marks.count() // 2)
        rows, name = unrolled(mark.get_attribute("data-rows")), mark.get_attribute("aria-label")
        mark.scroll_into_view_if_needed()
        mark.dispatch_event("click")
        panel = tab.locator("dialog[open]")
        table = shown["tables"][key]
        assert panel.locator(".cited > li").count() == sum(min(40, len(table["evidence"][i])) for i in rows[:20]), name
        if len(rows) == 1:
            assert panel.locator("h2").inner_text() == texts(table)[rows[0]]
        tab.keyboard.press("Escape")


UNITS = [
    ("bilateral_trade", "yuan", "Yuan"),
    ("bilateral_trade", "gdp", "Share of GDP"),
    ("trade_composition", "dollars", "Dollars"),
    ("bloc_membership", "map", "Map"),
]


@pytest.mark.sampled(1, each="dataset")
@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize(("dataset", "unit", "label"), UNITS)
def test_a_chart_is_shown_in_another_unit_with_its_words_and_evidence(visit, file, dataset, unit, label, width):
    infix = f".{unit}" if width > 1000 else f".{unit}.narrow"
    drawn = ET.parse(file.parent / "charts" / f"{dataset}{infix}.svg").getroot()  # noqa: S314 -- our own file
    charts_of = (file.parent / "charts" / f"{dataset}.{unit}{suffix}.vl.json" for suffix in ("", ".narrow"))
    meta, on_phones = (json.loads(path.read_text("utf-8"))["usermeta"] for path in charts_of)
    tab = visit(file, width)
    chart = tab.locator(f"#{dataset}")
    marks = chart.locator("svg:visible [data-rows]")

    def labels() -> list[str]:
        return marks.evaluate_all("(marks) => marks.map((mark) => mark.getAttribute('aria-label'))")

    def words() -> list[str]:
        return [chart.locator(part).inner_text() for part in ("h3", ".subtitle", "p.note")]

    before = words(), labels()
    chart.get_by_role("button", name=label, exact=True).click()
    assert words() == [meta["title"], meta["subtitle"], f"{content.note(meta, on_phones)} {meta['source']}"]
    assert labels() == [mark.get("aria-label") for mark in drawn.iter() if mark.get("data-rows")]
    chart.locator("[data-embed]").click()
    code = copied(tab)
    assert f"{dataset}.{unit}.svg" in code and f"#{dataset}.{unit}" in code
    chart.get_by_text("Image", exact=True).click()
    shown = [path for link in chart.locator(".menu[open] a:visible").all() if (path := link.get_attribute("href"))]
    assert shown == [f"charts/{dataset}.{unit}.svg", f"charts/{dataset}.{unit}.narrow.svg"]
    mark = marks.last
    factors = unrolled(mark.get_attribute("data-factors") or "")
    assert bool(factors) is bool(meta["factors"])
    mark.dispatch_event("click")
    cited = tab.locator("dialog[open] section:last-child .cited > li")
    if factors:
        assert tab.locator("dialog[open] h3").last.inner_text() == "Converted with" and cited.count() == len(factors)
        assert "World Bank" in cited.first.inner_text()
        [place] = cited.first.locator("a[href^='evidence/']").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
        page_of_lines, anchor = place.split("#")
        assert f'id="{anchor}"' in (file.parent / page_of_lines).read_text("utf-8")
    tab.keyboard.press("Escape")
    chart.get_by_role("button", name=re.compile("Dollars|Share|Timeline")).first.click()
    assert (words(), labels()) == before


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("dataset", "unit", "label"), UNITS)
def test_a_copied_link_opens_the_chart_in_the_unit_that_was_shown(visit, file, dataset, unit, label):
    tab = visit(file)
    tab.locator(f"#{dataset}").get_by_role("button", name=label, exact=True).click()
    tab.locator(f"[data-link='{dataset}']").click()
    link = copied(tab)
    assert link == f"{file.as_uri()}#{dataset}.{unit}"
    again = visit(file, at="#" + link.split("#")[1])
    chart = again.locator(f"#{dataset}")
    assert chart.locator(".units [aria-pressed=true]").inner_text() == label
    assert chart.locator("h3").inner_text() == tab.locator(f"#{dataset} h3").inner_text()
    chart.locator(".units button").first.click()
    chart.locator("[data-link]").click()
    assert copied(again) == f"{file.as_uri()}#{dataset}"


def test_a_pointer_near_a_mark_shows_its_name_and_document(visit, file):
    tab = visit(file)
    key = with_marks(tab)[0]
    mark = tab.locator(f"[data-chart='{key}'] > svg.wide [data-rows]").first
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] - 6)
    tip = tab.locator(".tip")
    tip.wait_for()
    assert tip.locator("b").inner_text() in tab.evaluate(
        "(key) => [...document.querySelectorAll(`[data-chart='${key}'] [data-rows]`)].map((mark) => mark.getAttribute('aria-label'))", key
    )
    assert ": " in tip.locator(".document").inner_text()


def test_a_year_is_chosen_where_marks_stand_for_several(visit, file):
    tab = visit(file)
    ranges = tab.locator("[data-years]")
    tables = embedded(file)["tables"]
    for bar in ranges.all():
        key = bar.get_attribute("data-of")
        bar.focus()
        tab.keyboard.press("End")
        year = int(bar.get_attribute("aria-valuetext"))
        rows = rows_of(tables[key])
        assert year == max(rows[i]["year"] for i in unrolled(tables[key]["drawn"]))
        marks = tab.locator(f"[data-chart='{key}'] > svg.wide [data-rows]")
        for of, is_off in marks.evaluate_all("(marks) => marks.map((mark) => [mark.dataset.rows, mark.classList.contains('off')])"):
            assert is_off is not any(rows[i]["year"] == year for i in unrolled(of))
        tab.keyboard.press("Home")
        assert tab.locator(f"[data-chart='{key}'] .off").count() == 0


def test_keyboard_leads_from_chart_to_mark_to_evidence_and_back(visit, file):
    tab = visit(file)
    key = with_marks(tab)[0]
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.locator(f"#{key} h3 a").focus()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('[data-chart]')?.dataset.chart") == key, "a chart is one stop"
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    name = tab.evaluate("document.activeElement.getAttribute('aria-label')")
    assert name == tab.locator(f"[data-chart='{key}'] > svg.wide [data-rows]").nth(1).get_attribute("aria-label")
    assert tab.locator(".tip b").inner_text() == name
    tab.keyboard.press("Enter")
    assert tab.locator("dialog[open] .cited > li").count()
    tab.keyboard.press("Escape")
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')") == name
    tab.keyboard.press("Escape")
    assert tab.evaluate("document.activeElement.localName") == "svg"
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.dataset.sources") == key


def test_evidence_begins_with_the_line_that_decides_and_links_draft_and_record(visit, file):
    tab = visit(file)
    table = embedded(file)["tables"]["security_council_vetoes"]
    row = rows_of(table)[-1]
    tab.goto(f"{file.as_uri()}#row/security_council_vetoes/{quote(row['draft_symbol'], safe='')}")
    tab.reload()
    panel = tab.locator("dialog[open]")
    assert panel.locator("h2").inner_text() == texts(table)[-1] and row["draft_symbol"] in texts(table)[-1]
    assert {a.get_attribute("href") for a in panel.locator(".links a").all()} == {row["draft_url"], row["record_url"]}
    first = panel.locator(".cited > li").first
    assert row["draft_symbol"] in first.inner_text() and "veto.csv" in first.locator("code").first.text_content()
    assert first.locator(".document a").count() == 1
    lines, _, anchor = first.locator("details a").get_attribute("href").partition("#")
    assert f'id="{anchor}"' in (file.parent / lines).read_text("utf-8") and row["draft_symbol"] in (file.parent / lines).read_text("utf-8")
    assert first.locator(".sha code").is_hidden(), "the hash is folded"


def test_a_copy_is_named_as_one(visit, file):
    """A figure read in a copy links to the copy alone, and no link is named as the publisher."""
    tab = visit(file)
    tab.locator("[data-sources='trade_composition']").click()
    document = tab.locator("dialog[open] .document").first
    assert document.locator("a").count() == 1 and document.inner_text().startswith("CEPII: ")
    assert f"read in a copy: {document.locator('a').inner_text()}" in document.inner_text()


def test_evidence_of_a_chart_counts_publishers_and_lines(visit, file):
    tab = visit(file)
    button = tab.locator("[data-sources='joint_exercises']")
    publishers, figures = map(int, re.findall(r"\d+", button.inner_text()))
    button.click()
    panel = tab.locator("dialog[open]")
    assert panel.locator("h3").count() == publishers
    assert sum(int(text.split()[0]) for text in panel.locator(".dates").all_inner_texts()) == figures


def test_links_citations_and_embed_code_are_copied(visit, file):
    tab = visit(file)
    tab.locator("[data-link='naval_drills']").click()
    assert copied(tab) == f"{file.as_uri()}#naval_drills"
    tab.locator("[data-embed='naval_drills']").click()
    code = copied(tab)
    sources = re.findall(r'(?:src|srcset)="([^"]*)"', code)
    assert len(sources) == 2 and all(Path(unquote(source.removeprefix("file://"))).exists() for source in sources)
    assert f'<a href="{file.as_uri()}#naval_drills">' in code
    show_table(tab, "naval_drills").locator("button.evidence").first.click()
    panel = tab.locator("dialog[open]")
    for name, start in (("BibTeX", "@misc{dyad-2026-11-23-0123456789ab-1,"), ("Text", panel.locator("h2").inner_text())):
        panel.get_by_role("button", name=name).click()
        assert copied(tab).startswith(start)
    panel.get_by_role("button", name="Chicago").click()
    assert "Accessed 23 November 2026." in copied(tab)
    panel.get_by_role("button", name="Link").click()
    link = copied(tab)
    assert tab.locator(".told").inner_text() == "Link copied"
    again = visit(file, at="#" + link.split("#")[1])
    assert again.locator("dialog[open] h2").inner_text() == panel.locator("h2").inner_text()


# --- tables ---------------------------------------------------------------------------------------------------------


def test_table_shows_what_is_drawn_first_and_all_rows_as_a_switch(visit, file):
    tab = visit(file)
    shown = embedded(file)["tables"]["bilateral_trade"]
    assert 0 < len(unrolled(shown["drawn"])) < len(texts(shown))
    table = show_table(tab, "bilateral_trade")
    assert f"of {len(unrolled(shown['drawn']))} rows of the chart" in table.locator("[role=status]").inner_text()
    table.get_by_label(f"All {len(texts(shown))} rows").check()
    assert table.locator("[role=status]").inner_text().startswith(f"200 of {len(texts(shown))} rows")
    table.get_by_role("button", name="Show 200 more").click()
    assert table.locator("tbody tr").count() == 400


def test_table_sorts_and_filters(visit, file):
    tab = visit(file)
    table = show_table(tab, "security_council_vetoes")
    everything = table.locator("tbody tr").count()
    table.get_by_role("searchbox").fill("syria")
    some = table.locator("tbody tr").count()
    assert 0 < some < everything
    header = table.locator("th", has_text="in_favour")
    values = []
    for direction in ("ascending", "descending"):
        header.locator("button").click()
        assert header.get_attribute("aria-sort") == direction
        at = [th.inner_text() for th in table.locator("thead th").all()].index(header.inner_text())
        values.append([int(row.locator("td").nth(at).inner_text()) for row in table.locator("tbody tr").all()])
    assert values[0] == sorted(values[0]) and values[1] == sorted(values[1], reverse=True) and len(values[0]) == some


@pytest.mark.parametrize(
    ("dataset", "column"),
    [
        ("bilateral_trade", "value_usd"),
        ("trade_composition", "value_usd"),
        ("trade_dependence", "share_pct"),
        ("joint_exercises", "exercise_count"),
    ],
)
def test_value_is_in_sight_at_1280(look, file, dataset, column):
    tab = look(file, 1280)
    box = show_table(tab, dataset).locator("th", has_text=column).first.bounding_box()
    assert box["x"] + box["width"] <= 1280


# --- other releases -------------------------------------------------------------------------------------------------


def test_changes_are_sentences_with_values(look, file, built):
    with connect(built.parent) as con:
        all_changes = [diff.Change(*row) for row in con.execute("from catalog.change").fetchall()]
    section = look(file).locator("#changes")
    assert RELEASE["follows"] in section.inner_text()
    counts = [tuple(row.locator("th, td").all_text_contents()) for row in section.locator(".counts tbody tr").all()]
    assert counts == [tuple(map(str, row)) for row in diff.counted(all_changes)]
    sentences = section.locator(".changed > li").all_text_contents()
    verdicts = [c for c in all_changes if c.tier == "verdict"]
    assert len(verdicts) > 0
    for change in verdicts:
        assert any(f"is {change.after}; it was {change.before}" in text for text in sentences), change
    listed = section.locator("> .changed > li").all_inner_texts()
    added = sum(c.change == "added" and c.dataset == "security_council_vetoes" for c in all_changes)
    assert sum("New: " in text and "vetoed by" in text for text in listed) == min(added, changes.LISTED) > 0
    assert not any("CHN-RUS S/" in text for text in sentences if "New: " in text), "a row is in words, not by its key"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (diff.Change("d", "CHN-RUS 2024", "added", "headline"), "New: Trade of 2024: $245.2 bn."),
        (diff.Change("d", "CHN-RUS 2020", "removed", "headline"), "Removed: CHN-RUS, 2020."),
        (
            diff.Change("d", "CHN-RUS 2024", "changed", "headline", "value_usd", "2.4e11", "245157219230.0", 1.02),
            "Trade of 2024: $245.2 bn: value is $245.2 bn; it was $240.0 bn.",
        ),
        (
            diff.Change("d", "CHN-RUS 2024", "changed", "other", "rank", None, "6"),
            "Trade of 2024: $245.2 bn: rank is 6; it was not known.",
        ),
    ],
)
def test_a_change_is_shown_with_its_values(change, text):
    assert changes.sentence(change, {"CHN-RUS 2024": "Trade of 2024: $245.2 bn"}, {"value_usd": "USD", "rank": "rank"}) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(147.23e9, "USD", "$147.2 bn"), (50568.0, "USD", "$50,568"), (4.055, "%", "4.1%"), (0.00011, "%", "0.00011%"), (2024, "year", "2024"), (None, "USD", "not known"),
     ("2024-07-14", "date", "14 July 2024"), ("dialogue_partner", "", "dialogue partner"), (["CHN", "RUS"], "", "China, RUS"), (True, "", "yes"), (12345, "count", "12,345")],
)  # fmt: skip
def test_values_are_written_in_their_unit(value, unit, text):
    assert words.value_text(value, unit, {"CHN": "China"}) == text


def test_maps_name_what_their_land_is_made_from(look, file):
    tab = look(file)
    for dataset in drawings():
        links = tab.locator(f"article#{dataset} a[href='#core.country_shape']").count()
        assert links == (1 if dataset in ("naval_drills", "bloc_membership") else 0), dataset
    assert "country_shape.csv" in tab.locator("[id='raw.country_shape']").text_content()
    (row,) = [row for row in tab.locator("#sources tbody tr").all_text_contents() if "Natural Earth" in row]
    assert {"naval_drills", "bloc_membership"} <= set(row.replace(",", " ").split())


def test_names_of_datasets_break_only_after_underscores_on_a_phone(visit, file):
    """Each part of a name is a text node, which a break inside a word divides into two boxes."""
    tab = visit(file, 390)
    boxes = tab.evaluate(
        """() => {
            document.querySelector("#sources").style.contentVisibility = "visible";
            const range = document.createRange();
            return [...document.querySelectorAll("#sources td code")].flatMap((code) => [...code.childNodes])
                .filter((node) => node.nodeType === Node.TEXT_NODE)
                .map((node) => { range.selectNodeContents(node); return [node.data, range.getClientRects().length]; });
        }"""
    )
    assert ["bilateral_", 1] in boxes and {count for _, count in boxes} == {1}
    assert tab.evaluate("document.querySelector('#cite pre').scrollWidth <= document.querySelector('#cite pre').clientWidth")


@pytest.mark.campaign
def test_first_page_of_an_uncovered_pair_says_so(visit, uncovered):
    tab = visit(uncovered)
    lead = tab.locator(".lead")
    shown = [chart.get_attribute("data-chart") for chart in tab.locator("[data-chart]").all()]
    assert shown == ["security_council_vetoes", "bloc_membership", "assembly_agreement", "council_agreement"]
    assert (
        f"{style.number(len(models.layer('charts'))).capitalize()} chart-ready datasets" in lead.inner_text()
        and "Four have figures on France and the United Kingdom; outside coverage" in lead.inner_text()
    )
    assert {a.get_attribute("href") for a in lead.locator("a").all()} == {f"#{name}" for name in drawings() if name not in shown}
    assert "no earlier release" in tab.locator("#changes").inner_text() and "no claims are decided" in tab.locator("#claims").inner_text()
    assert "The United Kingdom vetoed 15 without France: the vote of France on 15 is not documented." in tab.locator("#vote").inner_text()
    assert "vetoed alone" not in tab.locator("#vote").inner_text(), "the United States vetoed with one of them"
    assert Axe().run(tab, options=RULES).violations_count == 0


def test_covered_pair_is_not_called_uncovered(look, file):
    assert "outside coverage" not in look(file).locator(".lead").inner_text()


def test_a_pair_has_its_place_among_all_pairs(visit, file, built):
    """The ranked pairs are those of `dyad top --by agreement`; the place counts the pairs that agree more often."""
    with connect(built.parent) as con:
        ranked = pairs.agreement(con, None, limit=100_000)
    own = next(row for row in ranked if row["dyad"] == "CHN-RUS")
    place = 1 + sum(row["identical_pct"] > own["identical_pct"] for row in ranked)
    closest = visit(file).locator(".closest")
    assert (
        closest.locator("summary")
        .inner_text()
        .startswith(f"Place {place:,} of {len(ranked):,} pairs of states with enough votes in common, by agreement")
    )
    closest.locator("summary").click()
    assert closest.locator("li code").all_inner_texts() == [row["dyad"] for row in ranked[:10]]


def test_pairs_are_picked_at_the_top(visit, built, tmp_path):
    """A release of two pairs: each has its page, and a picker leads from one to the other."""
    shutil.copyfile(built, tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        con.execute("insert into catalog.dyad select * replace ('CHN-USA' as dyad) from catalog.dyad")
        con.execute("insert into core.dyad select * replace ('CHN-USA' as dyad, 'USA' as iso3_b, 'United States' as name_b) from core.dyad")
        first = publish(con, tmp_path, RELEASE | {"dyads": ["CHN-RUS", "CHN-USA"]})
    tab = visit(first)
    picker = tab.get_by_role("navigation", name="Pairs of this release")
    assert picker.get_by_role("link").all_inner_texts() == ["China and Russia", "China and United States"]
    assert picker.locator("[aria-current=page]").inner_text() == "China and Russia"
    picker.get_by_role("link", name="China and United States").click()
    assert tab.locator("h1").inner_text() == "How closely do China and the United States train, trade and vote together?"
    assert tab.url.endswith("/CHN-USA.html") and tab.locator("article.dataset").count() == len(models.layer("charts"))


def test_text_from_sources_stays_text(visit, odd):
    tab = visit(odd)
    tab.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    show_table(tab, "naval_drills").locator("button.evidence").first.click()
    panel = tab.locator("dialog[open]")
    assert ATTACK in panel.locator("h2").inner_text()
    assert panel.locator(".cited li").first.inner_text().count(ATTACK) == 4
    assert panel.locator(".cited li > p").first.inner_text() == f"“{ATTACK}”", "the words of the document come first"
    assert panel.locator(".document a").count() == 0
    assert tab.locator("#changes").inner_text().count(ATTACK) == 4 * len(diff.TIERS) - 1  # a difference of structure has no column
    assert tab.evaluate("window.hacked") is None
    assert tab.locator("img, a[href^='javascript']").count() == 0


@pytest.mark.campaign
def test_dataset_outside_coverage_is_shown_as_such(visit, odd):
    tab = visit(odd)
    section = tab.locator("article#trade_composition")
    assert "Outside coverage" in section.inner_text()
    assert section.locator("[data-chart], [data-table]").count() == 0
    assert section.locator(".files a").count() >= 4
    assert Axe().run(tab, options=RULES).violations_count == 0


def test_same_release_gives_the_same_page(file, built, tmp_path):
    shutil.copytree(file.parent, tmp_path / "again", ignore=shutil.ignore_patterns("index.html", "*.duckdb"))
    with connect(built.parent) as con:
        again = page.write(con, tmp_path / "again", RELEASE)
    assert [path.read_bytes() for path in again] == [file.read_bytes()]


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

    header = {
        "chapter": "train",
        "title": "Calls at ports",
        "row_text": "{exercise_count} calls in {year}",
        "unit": "calls",
        "counting_rule": "one a day",
        "how_to_read": "add up",
        "not_shown": "passages",
    }
    model = models.Model("charts.port_calls", "select * from core.exercise", header, ["core.exercise"])
    layers = {layer: [*models.layer(layer), *([model] if layer == "charts" else [])] for layer in ("core", "charts")}
    folder = tmp_path_factory.mktemp("without-visual")
    shutil.copyfile(built, folder / "warehouse.duckdb")
    with pytest.MonkeyPatch.context() as patch, duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        patch.setitem(registry.MODELED, model.name, PortCalls)
        patch.setattr(models, "layer", layers.__getitem__)
        con.execute(
            "create table charts.port_calls (dyad varchar, year bigint, exercise_count bigint, qualifications varchar[], evidence varchar[])"
        )
        con.execute("insert into charts.port_calls select dyad, 2020, 3, [], evidence from charts.naval_drills limit 1")
        return publish(con, folder)


@pytest.mark.campaign
def test_a_dataset_without_a_visual_has_its_table_evidence_and_files(visit, without_visual):
    tab = visit(without_visual)
    assert f"{style.number(len(models.layer('charts')) + 1).capitalize()} chart-ready datasets" in tab.locator(".lead").inner_text()
    section = tab.locator("article#port_calls")
    assert section.locator("h3").inner_text() == "Calls at ports" and section.locator(".kicker, [data-chart], img").count() == 0
    assert "Not shown: passages." in section.inner_text()
    show_table(tab, "port_calls").locator("button.evidence").click()
    assert tab.locator("dialog[open] h2").inner_text() == "3 calls in 2020"
    assert "exercise.csv" in tab.locator("dialog[open]").text_content()
    tab.keyboard.press("Escape")
    links = {a.get_attribute("href") for a in section.locator(".files a").all()}
    assert links == {f"charts/port_calls.{suffix}" for suffix in ("csv", "parquet", "json", "metadata.json")}
    assert all(opens(without_visual.parent / link) for link in links)
    resources = json.loads((without_visual.parent / "datapackage.json").read_text("utf-8"))["resources"]
    assert "port_calls" in {resource["name"] for resource in resources}
    assert Axe().run(tab, options=RULES).violations_count == 0
