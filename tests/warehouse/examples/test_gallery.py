"""Test the pictures of the worked queries: each query has one, its specification fits the query, and it shows the release's figures."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import duckdb
import pytest

from warehouse.examples import gallery
from warehouse.visuals import convert

DATUM = re.compile(r"datum\.(\w+)")


def parts(view: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a specification except its data."""
    for part in view if isinstance(view, list) else []:
        yield from parts(part)
    if isinstance(view, dict):
        yield view
        for name, part in view.items():
            yield from parts(part) if name not in ("data", "config") else ()


def fields(view: dict[str, Any]) -> set[str]:
    """Return the columns that a specification reads; legends and headers, which know only `datum.value`, are left out."""
    given: set[str] = set()
    named: set[str] = set()
    for part in parts(view):
        given |= {part["as"]} if isinstance(part.get("as"), str) else set(part.get("as", ()))
        named |= {part["field"]} if "field" in part else {*part.get("fold", ()), *part.get("flatten", ())}
        named |= {name for key in ("calculate", "filter", "test") for name in DATUM.findall(str(part.get(key, "")))}
    return named - given


@pytest.mark.parametrize("query", gallery.QUERIES, ids=lambda query: query.stem)
def test_the_picture_of_a_query_is_drawn_from_its_columns_and_shows_the_releases_figures(query: Path, built: Path) -> None:
    with duckdb.connect(str(built), read_only=True) as con:
        drawn = gallery.specification(con, query)
        columns = set(con.sql(query.read_text("utf-8")).columns)
    assert fields(drawn) and fields(drawn) <= columns
    alt.Chart.from_dict(drawn, validate=True)
    kept = (gallery.PICTURES / f"{query.stem}.svg").read_text("utf-8")
    assert kept == convert.svg(drawn), "draw the pictures anew from a release: .venv/bin/python -m warehouse.examples.gallery"


def test_a_column_that_a_query_lacks_is_found() -> None:
    drawn = {
        "transform": [{"fold": ["a"], "as": ["name", "size"]}, {"filter": "datum.b > 0"}],
        "encoding": {"x": {"field": "size"}, "y": {"field": "c"}},
    }
    assert fields(drawn) == {"a", "b", "c"}


def test_the_pictures_are_those_of_the_queries_and_small() -> None:
    pictures = list(gallery.PICTURES.iterdir())
    assert {picture.stem for picture in pictures} == {query.stem for query in gallery.QUERIES}
    assert sum(picture.stat().st_size for picture in pictures) < 1_500_000


def test_the_page_shows_every_question() -> None:
    assert gallery.PAGE.read_text("utf-8") == gallery.page()
