"""Test what a site shows of its releases: links, changes in sentences, catalogues, citations and the dictionary."""

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pyarrow.parquet as pq
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from pyarrow.types import is_list

from schemas import registry, render
from tests.warehouse.site.conftest import URL
from warehouse.release import dictionary
from warehouse.site import front

ATOM = {"a": "http://www.w3.org/2005/Atom"}
ADDRESS = re.compile(r"https?://[^\s\"'<>()`]+")
CFF = {"cff-version", "message", "title", "authors"}
DATACITE = {"identifiers", "creators", "titles", "publisher", "publicationYear", "types", "schemaVersion"}


def loaded(path: Path) -> dict:
    return json.loads(path.read_text("utf-8"))


def release(**changed: object) -> dict:
    about = {"release": "2026-01-02-bbbbbbbbbbbb", "as_of": "2026-01-02", "dyads": ["CHN-RUS"], "published_at": "2026-01-03T04:05:06Z"}
    return about | {"follows": "2026-01-01-aaaaaaaaaaaa", "changes": [], "left_out": []} | changed


def pages(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.html") if "evidence" not in path.parts]


def test_every_link_leads_to_a_file_and_its_place(site: Path) -> None:
    count = 0
    for page in pages(site):
        html = re.sub(r"(?s)<(script|svg)\b.*?</\1>", "", page.read_text("utf-8"))
        for link in re.findall(r'(?:href|src)="([^"]*)"', html):
            path, _, place = unescape(link).partition("#")
            if re.match(r"[a-z]+:", path):
                continue
            target = page.parent / unquote(path) if path else page
            assert target.is_file(), f"{page}: {link}"
            if place and target.suffix == ".html" and "dictionary" in target.parts:
                assert f'id="{place}"' in target.read_text("utf-8"), f"{page}: {link}"
            count += 1
    assert count > 1000


def test_every_address_of_the_site_in_a_catalogue_is_a_file(site: Path, published: Path) -> None:
    files = [*(site / name for name in ("feed.xml", "llms.txt", "latest.json")), *(published / name for name in front.CATALOGUES)]
    for file in [*files, published / "CITATION.cff", published / "datacite.json"]:
        named = {address.rstrip(".,;:").split("#")[0] for address in ADDRESS.findall(unescape(file.read_text("utf-8"))) if URL in address}
        assert named, file
        for address in named:
            target = site / address.removeprefix(URL)
            assert (target / "index.html" if address.endswith("/") else target).is_file(), f"{file}: {address}"


def test_stated_digests_are_the_files(site: Path) -> None:
    described = loaded(site / "catalog.jsonld")["dataset"], loaded(site / "croissant.json"), loaded(site / "dcat.jsonld")["dcat:dataset"]
    stated = {d["contentUrl"]: d["sha256"] for m in described[0] for d in m["distribution"]}
    assert len(stated) == 3 * len(described[0]) > 27
    assert {d["contentUrl"]: d["sha256"] for d in described[1]["distribution"]}.items() <= stated.items()
    in_dcat = {
        d["dcat:downloadURL"]["@id"]: d["spdx:checksum"]["spdx:checksumValue"]["@value"]
        for m in described[2]
        for d in m["dcat:distribution"]
    }
    assert in_dcat == stated
    for address, sha256 in stated.items():
        assert hashlib.sha256((site / address.removeprefix(URL)).read_bytes()).hexdigest() == sha256


def test_croissant_gives_the_columns_of_the_files(site: Path, published: Path) -> None:
    types = {"string": "sc:Text", "int64": "sc:Integer", "double": "sc:Float", "bool": "sc:Boolean", "date32[day]": "sc:Date"}
    for records in loaded(site / "croissant.json")["recordSet"]:
        schema = pq.read_schema(published / "charts" / f"{records['name']}.parquet")
        stated = {field["source"]["extract"]["column"]: (field["dataType"], field.get("repeated", False)) for field in records["field"]}
        assert stated == {
            column.name: (types[str(column.type.value_type if is_list(column.type) else column.type)], is_list(column.type))
            for column in schema
        }
        assert {field["@id"] for field in records["field"]} >= {part["@id"] for part in records["key"]} != set()


def test_the_catalogue_for_search_engines_is_complete(site: Path) -> None:
    catalogue = loaded(site / "catalog.jsonld")
    assert catalogue["url"].startswith(URL) and "bilateral trade" in catalogue["keywords"]
    for m in catalogue["dataset"]:
        assert m["url"].startswith(URL) and m["@id"].startswith(URL)
        assert {place["identifier"] for place in m["spatialCoverage"]} == {"CHN", "RUS"}
        assert {"China", "Russia", m["name"]} < set(m["keywords"])
        assert m["temporalCoverage"] and m["distribution"]


def test_a_release_can_be_cited_and_registered(published: Path) -> None:
    cff, datacite = yaml.safe_load((published / "CITATION.cff").read_text("utf-8")), loaded(published / "datacite.json")
    assert cff.keys() >= CFF and cff["cff-version"] == "1.2.0" and cff["type"] == "dataset"
    assert cff["version"] == datacite["version"] == published.name
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", cff["date-released"])
    assert all(reference.keys() >= {"type", "title", "authors"} for reference in cff["references"]) and len(cff["references"]) > 10
    assert datacite.keys() >= DATACITE and datacite["types"]["resourceTypeGeneral"] == "Dataset"
    assert datacite["identifiers"] == [{"identifier": f"{URL}releases/{published.name}/", "identifierType": "URL"}]
    assert f"url    = {{{URL}releases/{published.name}/}}," in (published / "index.html").read_text("utf-8")
    related = {r["relationType"]: r["relatedIdentifier"] for r in datacite["relatedIdentifiers"]}
    assert related["IsNewVersionOf"].startswith(f"{URL}releases/2024-12-12-")


def test_the_feed_has_an_entry_for_each_release_in_the_order_of_publication(site: Path) -> None:
    feed = ET.fromstring((site / "feed.xml").read_bytes())  # noqa: S314  our own file
    manifests = [loaded(path) for path in (site / "releases").glob("*/manifest.json")]
    published = {f"{URL}releases/{m['release']}/": m["published_at"] for m in manifests}
    entries = feed.findall("a:entry", ATOM)
    assert {e.findtext("a:id", "", ATOM): e.findtext("a:updated", "", ATOM) for e in entries} == published
    times = [e.findtext("a:updated", "", ATOM) for e in entries]
    assert times == sorted(times, reverse=True) and feed.findtext("a:updated", "", ATOM) == times[0]
    assert "claims, CHN-RUS cfr_2024 C11: verdict today is revised; it was holds." in entries[0].findtext("a:content", "", ATOM)


def test_a_release_without_changes_says_so() -> None:
    assert front._changes(release()) == {"": ["No row of any dataset changed since 2026-01-01-aaaaaaaaaaaa."]}
    [line] = front._changes(release(follows=None))[""]
    assert "none that shared a dyad and was of the same or an earlier day" in line, "a later release may have been built before"


def test_many_changes_are_counted_and_text_is_escaped(site: Path) -> None:
    added = [["naval_drills", f"CHN-RUS {n}", "added", "other", "name", None, "<b>Sea</b>\x00", None] for n in range(4)]
    changed = [["claims", f"CHN-RUS C{n}", "changed", "verdict", "verdict", "holds", "revised", None] for n in range(8)]
    current = next((site / "releases").iterdir()).name
    about = release(release=current, changes=added + changed)
    groups = front._changes(about)
    assert groups["Other"] == [
        f"4 drills at sea were added: {'; '.join(f'CHN-RUS {n}: <b>Sea</b>{chr(0)}' for n in range(3))}; and others."
    ]
    assert len(groups["Verdicts"]) == 6 and groups["Verdicts"][-1] == "And others."
    files = front.files(site, URL, [about], current)
    assert b"<b>Sea" not in files["index.html"] and b"<b>Sea" not in files["feed.xml"]
    [content] = ET.fromstring(files["feed.xml"]).findall("a:entry/a:content", ATOM)  # noqa: S314  our own file
    assert "&lt;b&gt;Sea&lt;/b&gt;" in (content.text or "")


def test_releases_are_listed_by_their_day_and_the_current_one_is_marked(site: Path) -> None:
    current = next((site / "releases").iterdir()).name
    published = [
        release(release="2020-01-02-late", as_of="2020-01-02", published_at="2026-01-04T00:00:00Z"),
        release(release=current, as_of="2021-01-02", published_at="2026-01-03T00:00:00Z"),
        release(release="2021-01-02-first", as_of="2021-01-02", published_at="2026-01-02T00:00:00Z"),
    ]
    html = front.files(site, URL, published, current)["index.html"].decode()
    assert re.findall(r'<article aria-labelledby="(.*?)"', html) == [current, "2021-01-02-first", "2020-01-02-late"]
    assert re.findall(r"<code>(.*?)</code>, current, published", html) == [current]


def test_the_dictionary_has_a_page_for_every_table_with_columns_values_lineage_and_checks(published: Path) -> None:
    folder = published / "dictionary"
    names = [entry.name for entries in dictionary.sections().values() for entry in entries]
    assert {path.stem for path in folder.glob("*.html")} == {*names, "index"}
    index = (folder / "index.html").read_text("utf-8")
    assert all(f'href="{name}.html"' in index for name in names)
    for name, model in registry.MODELED.items():
        page = (folder / f"{name}.html").read_text("utf-8")
        assert all(f'<tr id="{column.name}">' in page for column in render.columns(model)), name
    page = (folder / "core.trade_flow.html").read_text("utf-8")
    assert "from January to the end of a month" in page, "the meaning of an allowed value"
    assert '<a href="raw.trade_flow.html#period"><code>raw.trade_flow.period</code></a>' in page, "lineage of a column"
    assert "a published two-way total is the sum of the exports and imports" in page, "an audit"
    assert "every evidence id resolves" in page and "at least 1" in page, "a guarantee, and a rule of a column"
    assert '<a href="charts.bilateral_trade.html">' in page, "what reads it"


@pytest.mark.parametrize("page", ["index.html", "dictionary/index.html", "dictionary/charts.trade_composition.html"])
def test_pages_are_accessible_without_scripts_and_network(browser, site: Path, published: Path, page: str) -> None:
    with browser.new_context(viewport={"width": 390, "height": 800}) as context:
        tab, failed = context.new_page(), []
        tab.on("requestfailed", lambda request: failed.append(request.url))
        tab.goto(((site if page == "index.html" else published) / page).as_uri())
        assert tab.locator("script").count() == 0 and failed == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        report = Axe().run(tab)
        assert report.violations_count == 0, report.generate_report()
