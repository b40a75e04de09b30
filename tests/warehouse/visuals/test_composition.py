"""Test the visual of trade by product: its findings, the sums of its points, and the break in its series."""

from collections import defaultdict

import pytest

from tests.support.pictures import DYAD, ask, marks, texts
from warehouse.visuals import files, specification, style


def drawn(con) -> dict:
    return specification.draw(con, "trade_composition", DYAD)


FINDINGS = [
    (
        "select 1",
        "changed",
        "Vehicles went from 7.3% to 21% of China's sales to Russia and energy from 67% to 73% of Russia's sales to China, 2021–2023 (another method from 2022)",
    ),
    ("delete from charts.trade_composition where exporter = 'CHN'", "changed", "Energy went from 67% to 73% of Russia's sales to China, 2021–2023 (another method from 2022)"),
    (
        "delete from charts.trade_composition where year > 2021",
        "largest",
        "Machinery and electronics made up 48% of China's sales to Russia and energy made up 67% of Russia's sales to China in 2021",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "finding", "title"), FINDINGS)
def test_the_title_is_the_first_finding_that_holds(con, change, finding, title) -> None:
    con.execute(change)
    meta = drawn(con)["usermeta"]
    assert (meta["finding"], meta["title"]) == (finding, title)


def test_a_point_is_the_sum_of_its_chapters(con) -> None:
    shares = {tuple(key): share for *key, share in ask(con, "select year, exporter, hs_chapter, share_pct from charts.trade_composition")}
    points = marks(drawn(con))
    assert [(len(points),)] == ask(con, "select count(distinct (year, exporter, product_group)) from charts.trade_composition")
    by_year = defaultdict[tuple, float](float)
    for point in points:
        assert sum(shares[tuple(key)] for key in point["keys"]) == pytest.approx(point["rate"], abs=1e-3)
        by_year[point["keys"][0][0], point["keys"][0][1]] += point["rate"]
    assert all(total == pytest.approx(100, abs=0.1) for total in by_year.values())


def test_in_dollars_a_point_is_the_sum_of_its_chapters_and_the_title_names_dollars(con) -> None:
    spec = specification.draw(con, "trade_composition", DYAD, unit="dollars")
    worth = {tuple(key): value for *key, value in ask(con, "select year, exporter, hs_chapter, value_usd from charts.trade_composition")}
    points = marks(spec)
    assert [(len(points),)] == ask(con, "select count(distinct (year, exporter, product_group)) from charts.trade_composition")
    for point in points:
        assert sum(worth[tuple(key)] for key in point["keys"]) == pytest.approx(point["rate"], rel=1e-6)
    title = (
        "China's sales of vehicles to Russia went from $5.1bn to $23.3bn "
        "and Russia's sales of energy to China from $48.6bn to $94.8bn, 2021–2023 (another method from 2022)"
    )
    assert (spec["usermeta"]["finding"], spec["usermeta"]["title"]) == ("changed", title)


def test_the_groups_that_moved_are_in_the_exporters_colour_with_the_titles_numbers(con) -> None:
    spec = drawn(con)
    moved = {point["line"] for point in marks(spec) if point["stroke"] == style.colour("first")}
    assert moved == {"vehicles", "machinery and electronics"}
    words = " ".join(text.words for text in texts(files.svg(spec)))
    assert "21%, 7.3% in 2021" in words and "73%, 67% in 2021" in words


@pytest.mark.parametrize("unit", ["", "dollars"])
@pytest.mark.parametrize("width", style.SIZES)
def test_the_groups_that_moved_are_named_beside_the_plot_and_above_its_axis(con, unit, width) -> None:
    spec = specification.draw(con, "trade_composition", DYAD, width, unit)
    chart = spec["vconcat"][0]
    panels = chart.get("hconcat") or chart["vconcat"]
    for panel, fill in zip(panels, ("first", "second"), strict=True):
        rows = [row for layer in panel["layer"] for row in spec["datasets"][layer["data"]["name"]] if row.get("px", 0) > panel["width"]]
        coloured = " ".join(row["text"] for row in rows if row["fill"] == style.colour(fill))
        assert coloured.count("in 2021") == 2
        assert [row["text"] for row in rows if row["py"] + row["size"] / 2 > panel["height"]] == []


def test_a_break_in_the_series_is_marked_and_noted(con) -> None:
    note = "From 2022 the flow from Russia rests on the Chinese report alone."
    assert "Break in method" in [text.words for text in texts(files.svg(drawn(con)))]
    assert note in drawn(con)["usermeta"]["note"] and "BACI, reconciled bilateral trade" in drawn(con)["usermeta"]["subtitle"]
    con.execute("delete from charts.trade_composition where year > 2021")
    assert note not in drawn(con)["usermeta"]["note"]
