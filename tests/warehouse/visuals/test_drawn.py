"""Test properties of every visual: accessible name, rows of each mark, size of type, and labels, in both widths and for four pairs."""

import html
import itertools
import json
import re
import shutil
import time
from concurrent.futures import CancelledError
from pathlib import Path

import pytest
import vl_convert
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.pictures import DYAD, ask, dotted, marks, sheet, texts
from warehouse.connect import connect
from warehouse.visuals import files, pair, registry, specification, style
from warehouse.visuals.labels import Label, around, broken, overlap, placed

DRAWN = list(registry.drawings())
IN_UNITS = [f"{dataset} {unit}" for dataset in DRAWN for unit in registry.units(dataset)]
PAIRS = [DYAD, "CHN-USA", "FRA-GBR", "IND-RUS"]
EVERY = list(itertools.product([*DRAWN, *IN_UNITS], PAIRS, style.SIZES))
PICTURES = Path(__file__).parents[3] / "data" / "screenshots" / "charts"
MOST = {"wide": 1080, "narrow": 362}  # px
MARKS = ("first", "second", "together", "together-2", "other", "bloc-1", "bloc-2", "bloc-3")  # 3:1 against the ground
WORDS = ("ink", "muted", "hinge")  # 4.5:1 against the ground
LEAST_TYPE = 11  # px, in both widths
NAMED = re.compile(r'(fill|stroke)="(#[0-9a-f]{6})" data-(?:fill|stroke)="([a-z0-9-]+)"')
MACHINE = re.compile(r"[a-z]+_[a-z]+|\bdyad\b|\b[A-Z]{3}-reported|\b\d{4}-\d{2}-\d{2}\b|\bbas[ie]s\b")


def _keep(svg: str, name: str) -> None:
    """Write a picture in both themes, for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for i, theme in enumerate(("light", "dark")):
        themed = NAMED.sub(lambda match, i=i: f'{match[1]}="{style.THEME[match[3]][i]}"', svg)
        (PICTURES / f"{name}.{theme}.svg").write_text(themed, "utf-8")


@pytest.fixture(scope="module")
def picture(tables, pairs):
    """Draw each visual once, as specification and SVG; a unit follows the dataset after a blank."""
    drawn = {}

    def draw(visual: str, dyad: str, width: str) -> tuple[dict, str]:
        if (visual, dyad, width) not in drawn:
            dataset, _, unit = visual.partition(" ")
            spec = specification.draw(tables if dyad == DYAD else pairs, dataset, dyad, width, unit)
            drawn[visual, dyad, width] = spec, files.svg(spec)
            _keep(drawn[visual, dyad, width][1], f"{visual.replace(' ', '.')}.{dyad}.{width}")
        return drawn[visual, dyad, width]

    return draw


@pytest.mark.sampled(2, each="dataset")
@pytest.mark.parametrize(("dataset", "dyad", "width"), EVERY)
def test_a_drawn_visual_is_named_by_its_description(picture, dataset, dyad, width) -> None:
    spec, svg = picture(dataset, dyad, width)
    root = sheet(svg)
    assert (root.get("role"), root.get("aria-label")) == ("graphics-document", spec["usermeta"]["alt"])
    written = [element for element in root.iter() if element.get("aria-roledescription") == "text mark"]
    assert written and all(element.get("aria-label") == "".join(element.itertext()) for element in written)
    assert spec["usermeta"]["title"] in spec["usermeta"]["alt"] and spec["description"] == spec["usermeta"]["alt"]


@pytest.mark.sampled(2, each="dataset")
@pytest.mark.parametrize(("dataset", "dyad", "width"), EVERY)
def test_every_mark_leads_to_its_rows(picture, tables, pairs, dataset, dyad, width) -> None:
    spec, svg = picture(dataset, dyad, width)
    meta = spec["usermeta"]
    rows = pair.ask(tables if dyad == DYAD else pairs, f"select * from charts.{meta['dataset']} where dyad = ?", dyad)
    known = {json.dumps(pair.key_of(row, meta["key"])) for row in rows}
    assert {json.dumps(key) for key in meta["rows"]} <= known
    cited = {i for (i,) in ask(tables if dyad == DYAD else pairs, "select evidence_id from core.evidence")}
    assert set(meta["factors"]) <= cited
    links: dict[str, tuple] = {}
    for mark in marks(spec):
        link = (mark["keys"], mark.get("factors", []))
        assert mark["keys"] and links.setdefault(mark["label"], link) == link, mark["label"]
    for label, positions, _, factors in re.findall(
        r'aria-label="([^"]*)" role="graphics-symbol" data-rows="([^"]*)"( data-factors="([^"]*)")?', svg
    ):
        found = [meta["rows"][int(at)] for at in positions.split()], [meta["factors"][int(at)] for at in factors.split()]
        assert found == links[html.unescape(label)]
    assert meta["is_empty"] or svg.count("data-rows=") >= len(links) > 0


@pytest.mark.sampled(2, each="dataset")
@pytest.mark.parametrize(("dataset", "dyad", "width"), EVERY)
def test_no_text_is_small_or_covers_another_or_is_crossed_or_leaves_the_picture(picture, dataset, dyad, width) -> None:
    _, svg = picture(dataset, dyad, width)
    root, found = sheet(svg), texts(svg)
    assert float(root.get("width")) <= MOST[width]
    assert [text for text in found if text.size < LEAST_TYPE] == []
    assert [text for text in found if text.box[0] < 0 or text.box[2] > float(root.get("width")) + 1] == []
    pairs_of_texts = itertools.combinations(found, 2)
    assert [(one.words, other.words) for one, other in pairs_of_texts if overlap(one.box, other.box, -1)] == []
    assert [text.words for text in found for line in dotted(svg) if overlap(text.box, line)] == []


@pytest.mark.sampled(2, each="dataset")
@pytest.mark.parametrize(("dataset", "dyad", "width"), EVERY)
def test_a_page_can_cut_the_chart_out_of_its_frame(picture, dataset, dyad, width) -> None:
    spec, svg = picture(dataset, dyad, width)
    meta, height = spec["usermeta"], float(sheet(svg).get("height"))
    if meta["is_empty"]:
        return
    top, bottom = meta["frame"]["top"], height - meta["frame"]["bottom"]
    outside = [text.words for text in texts(svg) if text.box[3] <= top or text.box[1] >= bottom]
    inside = [text.words for text in texts(svg) if text.box[3] > top and text.box[1] < bottom]
    framed = " ".join(meta[part] for part in ("title", "subtitle", "note", "source"))
    assert sorted(" ".join(outside).split()) == sorted(framed.split()) and inside


@pytest.mark.sampled(2, each="dataset")
@pytest.mark.parametrize(("dataset", "dyad", "width"), EVERY)
def test_no_word_of_the_machine_reaches_readers(picture, dataset, dyad, width) -> None:
    spec, svg = picture(dataset, dyad, width)
    words = [text.words for text in texts(svg)] + [mark["label"] for mark in marks(spec)] + [spec["usermeta"]["alt"]]
    assert [text for text in words if MACHINE.search(text)] == []


@pytest.mark.parametrize("dataset", DRAWN)
def test_panels_do_not_contradict_each_other(tables, dataset, capfd) -> None:
    for width in style.SIZES:
        vl_convert.vegalite_to_vega(specification.draw(tables, dataset, DYAD, width), show_warnings=True)
    assert "WARN" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("dataset", DRAWN)
def test_each_colour_is_plain_and_names_its_place_in_the_theme(picture, dataset) -> None:
    _, svg = picture(dataset, DYAD, "wide")
    used = {found[1:] for found in NAMED.findall(svg)}
    assert {("#ffffff", "ground"), ("#1c1c1c", "ink")} <= used
    assert [name for colour, name in used if style.THEME[name][0] != colour] == []
    assert "var(" not in svg
    unnamed = re.findall(r'(?<!data-)(?:fill|stroke)="([^"]+)"(?! data-)', svg)
    assert set(unnamed) <= {"none", "transparent"}


def luminance(hex_colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, as WCAG defines it."""
    parts = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_marks_and_words_stand_out_on_light_and_dark() -> None:
    for theme in (0, 1):
        ground, band = style.THEME["ground"][theme], style.THEME["band"][theme]
        for names, least in ((MARKS, 3), (WORDS, 4.5)):
            low = [
                (name, ground_of) for name in names for ground_of in (ground, band) if contrast(style.THEME[name][theme], ground_of) < least
            ]
            assert low == []


def test_files_are_written_in_both_widths_and_are_those_of_the_release(built, tmp_path, drawn_anew) -> None:
    charts = built.parent / "charts"
    with connect(built.parent) as con:
        files.Pictures(con, tmp_path).wait()
    suffixes = (".vl.json", ".svg", ".png", ".narrow.vl.json", ".narrow.svg")
    expected = [f"{d}{suffix}" for d in DRAWN for suffix in suffixes]
    expected += [f"{v.replace(' ', '.')}{suffix}" for v in IN_UNITS for suffix in suffixes if suffix != ".png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(expected)
    for path in sorted(tmp_path.iterdir()):
        assert path.read_bytes() == (charts / path.name).read_bytes(), path.name
        assert b"var(" not in path.read_bytes(), f"{path.name}: programs for print draw a variable black"
    assert (tmp_path / "naval_drills.png").read_bytes().startswith(b"\x89PNG")
    spec = json.loads((tmp_path / "bilateral_trade.vl.json").read_text("utf-8"))
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/") and spec["usermeta"]["dyad"] == DYAD


def test_the_other_width_asks_nothing_again(tables) -> None:
    asked = []

    class Counting:
        def execute(self, sql, values=()):
            asked.append((sql, repr(values)))
            return tables.execute(sql, values)

    for dataset in DRAWN:
        remembering = pair.Remembering(Counting())
        for width in style.SIZES:
            assert specification.draw(remembering, dataset, DYAD, width) == specification.draw(tables, dataset, DYAD, width)
        assert len(asked) == len(set(asked))
        asked.clear()


def test_after_a_stop_nothing_is_written(tables, tmp_path) -> None:
    pictures = files.Pictures(tables, tmp_path)
    pictures.stop()
    written = sorted(tmp_path.iterdir())
    time.sleep(1)
    assert sorted(tmp_path.iterdir()) == written
    with pytest.raises(CancelledError):
        pictures.wait()


def test_only_changed_specifications_are_drawn_again(built, tmp_path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    shutil.copytree(built.parent / "charts", before)
    after.mkdir()
    for path in before.glob("*.svg"):
        path.write_text("copied", "utf-8")
    changed = before / "bilateral_trade.narrow.vl.json"
    changed.write_text(changed.read_text("utf-8").replace('"padding":', '"padding":1', 1), "utf-8")
    with connect(built.parent) as con:
        files.Pictures(con, after, before).wait()
    drawn = {path.name for path in after.glob("*.svg") if path.read_text("utf-8") != "copied"}
    assert drawn == {"bilateral_trade.narrow.svg"}


# --- labels and text ---

SPOTS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 200), st.text("abc", min_size=1, max_size=12)), max_size=12)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SPOTS)
def test_placed_labels_keep_clear_of_each_other_and_of_marks(spots) -> None:
    taken, bounds = [(100.0, 50.0, 140.0, 200.0)], (0.0, 0.0, 300.0, 200.0)
    labels = [Label(text, around(x, y)) for x, y, text in spots]
    rows, left_over, _, boxes = placed(labels, taken, bounds, style.SIZES["wide"])
    assert len(rows) + len(left_over) == len(labels) and len(boxes) == len(rows) + 1
    assert not any(overlap(one, other) for one, other in itertools.combinations(boxes, 2))
    assert all(0 <= row["px"] <= 300 and 0 <= row["py"] <= 200 for row in rows)


@example([(101, 9)])  # below the line, by less than the gap
@given(st.lists(st.tuples(st.integers(-20, 120), st.integers(1, 60))))
def test_a_broken_line_has_every_px_outside_of_texts(spans) -> None:
    texts = [(0.0, top, 9.0, top + height) for top, height in spans]
    drawn = [px for _, top, _, bottom in broken([(5.0, 0.0, 5.0, 100.0)], texts) for px in range(round(top), round(bottom))]
    assert drawn == [px for px in range(100) if not any(top <= px < bottom for _, top, _, bottom in texts)]
    assert broken([(50.0, 0.0, 50.0, 100.0)], texts) == [(50.0, 0.0, 50.0, 100.0)]


def test_the_stem_of_a_flag_keeps_clear_of_labels() -> None:
    low, high = (Label("ab", [(x, y, "left") for y in (80, 50)], foot=100) for x in (40, 45))
    flags = placed([low, high], [], (0.0, 0.0, 300.0, 200.0), style.SIZES["wide"])
    assert [(x, top, bottom) for _, (x, top, _, bottom) in flags.stems] == [(40, 74, 100), (45, 44, 100)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=200), st.integers(60, 600))
def test_wrapped_text_loses_nothing_and_fits(text, width) -> None:
    lines = style.wrap(text, 14, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(style.text_width(line, 14) <= width or len(line) == 1 for line in lines)


@pytest.mark.parametrize(
    ("name", "written"), [("United Kingdom", "the United Kingdom"), ("Solomon Islands", "the Solomon Islands"), ("France", "France")]
)
def test_a_states_name_takes_its_article_inside_a_sentence(name, written) -> None:
    assert style.the(name) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2.4e11, "$240bn"),
        (1.76e12, "$1.76tn"),
        (9.996e12, "$10.0tn"),
        (4.1e6, "$4.1m"),
        (-5e3, "−$5.0k"),
        (0, "$0.0"),
        (9.994e10, "$99.9bn"),
        (9.996e10, "$100bn"),
    ],
)
def test_dollars_are_written_with_at_most_three_digits(value, written) -> None:
    assert style.money(value) == written


def test_years_are_written_as_spans() -> None:
    assert style.spans([2003, 2006, 2005, 2007, 2010]) == "2003, 2005–2007 and 2010"


# --- events ---


def test_the_hinge_and_events_with_room_are_named_on_the_axis(picture, tables) -> None:
    (hinge,) = ask(tables, "select event_date::varchar, title from raw.turning_point where is_hinge")
    assert hinge == ("2022-02-24", "Invasion of Ukraine")
    for dyad, expected in ((DYAD, True), ("IND-RUS", True), ("FRA-GBR", False), ("CHN-USA", False)):
        words = [text.words for text in texts(picture("bilateral_trade", dyad, "wide")[1])]
        assert ("Invasion of Ukraine" in words) is expected, dyad
    assert "US tariffs on Chinese goods" in [text.words for text in texts(picture("bilateral_trade", "CHN-USA", "wide")[1])]


@pytest.mark.parametrize("width", style.SIZES)
@pytest.mark.parametrize("dyad", PAIRS)
def test_every_event_is_named_at_its_line(tables, pairs, dyad, width) -> None:
    con = tables if dyad == DYAD else pairs
    notes = {dataset: specification.draw(con, dataset, dyad, width)["usermeta"]["note"] for dataset in DRAWN}
    unnamed = [dataset for dataset, note in notes.items() if "Without room for a name:" in note]
    # the oldest of six events on the 240 px of the columns is left to the note
    assert unnamed == (["bilateral_trade"] if (dyad, width) == (DYAD, "narrow") else [])


def test_no_event_is_marked_before_its_day(con) -> None:
    con.execute("update catalog.parameter set value = '2022-02-23' where name = 'as_of'")
    assert "Invasion of Ukraine" not in json.dumps(specification.draw(con, "bilateral_trade", DYAD))
