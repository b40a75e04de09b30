"""Test the visual of drills at sea: its findings, the circles and the land of its map, and the calendar."""

import itertools
import math
import re
from collections import Counter

import altair as alt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.pictures import DYAD, ask, marks, texts
from warehouse.visuals import convert, drills, files, specification, style
from warehouse.visuals.globe import PART, WORLD, Globe
from warehouse.visuals.labels import along, box, overlap

SINCE = "from charts.naval_drills where year >= 2012"
IN_SEAS = "from charts.naval_drills as d cross join unnest(d.seas) as s (sea) where year >= 2012"
KNOWN = f"{IN_SEAS} and confidence = 'documented'"


def drawn(con, width: str = "wide") -> dict:
    return specification.draw(con, "naval_drills", DYAD, width)


def circles(spec: dict) -> list[dict]:
    return [mark for mark in marks(spec) if "radius" in mark]


def symbols(spec: dict) -> list[dict]:
    return [mark for mark in marks(spec) if "shape" in mark]


FINDINGS = [
    ("select 1", "more_in_more_seas", "China and Russia drilled at sea once in 2012, nine times in nine seas in 2024"),
    (
        "delete from charts.naval_drills where year = 2024 and sea = 'Sea of Japan'",
        "more_in_more_seas",
        "China and Russia drilled at sea once in 2012, six times in nine seas in 2024",
    ),
    (
        "delete from charts.naval_drills where year > 2016",
        "known_drills",
        "China and Russia have drilled at sea seven times since 2012, in five seas",
    ),
    (
        "delete from charts.naval_drills where exercise_id <> 'joint-sea-2024'",
        "known_drills",
        "China and Russia have drilled at sea once, in the South China Sea",
    ),
    ("update charts.naval_drills set confidence = 'provisional'", "none_known", "No drill of China and Russia at sea is well documented"),
]


@pytest.mark.parametrize(("change", "finding", "title"), FINDINGS)
def test_the_title_is_the_first_finding_that_holds(con, change, finding, title) -> None:
    con.execute(change)
    meta = drawn(con)["usermeta"]
    assert (meta["finding"], meta["title"]) == (finding, title)


def test_a_circle_is_as_large_as_the_number_of_its_drills_and_holds_those_since_the_hinge(con) -> None:
    found = {(circle["sea"], circle["fill"] == style.colour("together")): circle for circle in circles(drawn(con))}
    expected = dict(ask(con, f"select (s.sea, false), count(*) {KNOWN} group by s.sea"))
    expected |= dict(ask(con, f"select (s.sea, true), count(*) {KNOWN} and start_date >= '2022-02-24' group by s.sea"))
    assert {place: len(circle["keys"]) for place, circle in found.items()} == expected
    assert len({round(circle["size"] / len(circle["keys"]), 1) for circle in found.values()}) == 1


@pytest.mark.parametrize("width", style.SIZES)
def test_circles_of_seas_do_not_touch(con, width) -> None:
    outer = {circle["sea"]: circle for circle in circles(drawn(con, width)) if circle["fill"] != style.colour("together")}
    for one, other in itertools.combinations(outer.values(), 2):
        assert math.dist((one["px"], one["py"]), (other["px"], other["py"])) > one["radius"] + other["radius"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5))
def test_circles_at_one_place_are_moved_apart(points) -> None:
    radii = [4.0 + i for i in range(len(points))]
    moved = drills._apart([(float(x), float(y)) for x, y in points], radii)
    assert moved == drills._apart([(float(x), float(y)) for x, y in points], radii)
    for i, j in itertools.combinations(range(len(points)), 2):
        assert math.dist(moved[i], moved[j]) >= radii[i] + radii[j]


@pytest.mark.parametrize("width", style.SIZES)
def test_every_sea_is_named_with_its_number_of_drills_or_noted(con, width) -> None:
    spec = drawn(con, width)
    words = {text.words for text in texts(files.svg(spec))}
    unnamed = [name for sea, count in ask(con, f"select s.sea, count(*) {KNOWN} group by s.sea") if (name := f"{sea} {count}") not in words]
    assert unnamed == {"wide": [], "narrow": ["Western Pacific 6"]}[width]
    assert ("Without room for a name on the map: Western Pacific 6." in spec["usermeta"]["note"]) == (width == "narrow")


@pytest.mark.parametrize("width", style.SIZES)
def test_the_states_and_the_island_chain_are_named(con, width) -> None:
    assert {"China", "Russia", "First island chain"} <= {text.words for text in texts(files.svg(drawn(con, width)))}


def test_the_island_chain_is_drawn_through_its_islands_alone_if_a_sea_inside_it_is_drawn(con) -> None:
    def chain(spec: dict) -> int:
        return sum(
            len(spec["datasets"][layer["data"]["name"]])
            for layer in spec["vconcat"][0]["vconcat"][0]["layer"]
            if layer["mark"].get("strokeDash") == [5, 3]
        )

    assert chain(drawn(con)) == ask(con, "select count(*) from raw.island_chain")[0][0] - 1
    con.execute("delete from charts.naval_drills where touches_first_island_chain")
    assert chain(drawn(con)) == 0


@pytest.mark.parametrize("width", style.SIZES)
def test_no_name_crosses_the_island_chain(con, width) -> None:
    spec = drawn(con, width)
    layers = [(layer["mark"], spec["datasets"][layer["data"]["name"]]) for layer in spec["vconcat"][0]["vconcat"][0]["layer"]]
    [chain] = [rows for mark, rows in layers if mark.get("strokeDash") == [5, 3]]
    line = [(row["px"], row["py"]) for row in chain] + [(chain[-1]["px2"], chain[-1]["py2"])]
    dots = [(x, y, x, y) for x, y in along(line, 2)]
    names = [row for mark, rows in layers if mark["type"] == "text" for row in rows]
    boxes = {row["text"]: box(row["text"], (row["px"], row["py"], "right"), row["size"], row["weight"] == "bold", 0) for row in names}
    assert [name for name, box in boxes.items() if any(overlap(box, dot) for dot in dots)] == []


@pytest.mark.parametrize("kind", [PART, WORLD])
def test_the_program_knows_where_the_map_draws_a_place(kind) -> None:
    globe = Globe.around([(30, 34), (135, 40), (-177, 58), (110, 5)], (-60, 0, 900, 500), 40, kind)
    for place in [(30, 34), (135, 40), (-177, 58), (110, 5), (93, 60)]:
        point = (
            alt.Chart(alt.InlineData(values=[{"lon": place[0], "lat": place[1]}]))
            .mark_circle(clip=False)
            .encode(longitude="lon:Q", latitude="lat:Q")
        )
        spec = point.project(**globe.projection()).properties(width=900, height=500, padding=0).to_dict()
        (at,) = re.findall(r'transform="translate\(([-\d.]+),([-\d.]+)\)" d="M[^"]*A', convert.svg(spec))
        assert math.dist(tuple(map(float, at)), globe.px(place)) < 0.6, place


def test_every_drill_is_in_the_calendar_in_the_row_of_its_sea(con) -> None:
    found = symbols(drawn(con))
    assert Counter(tuple(mark["keys"][0]) for mark in found) == Counter(ask(con, f"select exercise_id {IN_SEAS}"))
    kinds = Counter(mark["kind"] for mark in found)
    assert [(kinds["With other states"],)] == ask(con, f"select count(*) {IN_SEAS} and format <> 'bilateral'")
    assert "Joint Sea 2012 (Naval Interaction 2012), 22 April 2012: Yellow Sea; drill of the two alone" in [mark["label"] for mark in found]
    assert [mark["label"] for mark in found if mark["opacity"] < 1] == [
        "1st joint submarine patrol, August 2025: Sea of Japan and East China Sea; patrol of the two (date to the month, single source)"
    ] * 2


@pytest.mark.parametrize("width", style.SIZES)
def test_symbols_of_the_calendar_do_not_cover_each_other(con, width) -> None:
    for one, other in itertools.combinations(symbols(drawn(con, width)), 2):
        assert math.dist((one["px"], one["py"]), (other["px"], other["py"])) >= drills.SYMBOL - 0.01


def test_the_numbers_above_the_calendar_are_those_of_the_title(con) -> None:
    words = Counter(text.words for text in texts(files.svg(drawn(con))))
    documented = dict(ask(con, f"select year, count(*) {SINCE} and confidence = 'documented' group by year"))
    years = Counter(documented.get(year, 0) for year in range(min(documented), max(documented) + 1))
    assert years[0] == 2  # 2018 and 2020
    assert {str(count): words[str(count)] for count in years} == {str(count): times for count, times in years.items()}


def test_a_drill_without_a_point_is_in_the_calendar_alone(con) -> None:
    con.execute("update charts.naval_drills set latitude = null where sea = 'Bering Sea'")
    spec = drawn(con)
    assert "Bering Sea" not in {circle["sea"] for circle in circles(spec)}
    assert "Not on the map, since no point is documented: 3 drills." in spec["usermeta"]["note"]
    con.execute("update charts.naval_drills set latitude = null")
    assert len(marks(drawn(con))) == ask(con, f"select count(*) {IN_SEAS}")[0][0]


def test_a_sea_far_from_the_others_is_on_a_map_of_its_own(con) -> None:
    places = {circle["sea"]: (circle["px"], circle["py"]) for circle in circles(drawn(con))}
    in_the_corner = {sea for sea, (px, py) in places.items() if px < 60 and py > 400}
    assert in_the_corner == {"South Atlantic", "Indian Ocean"}
