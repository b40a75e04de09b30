"""Test the visuals: titles follow the rows, every mark has its evidence, and no input draws something false."""

import json
import re
import xml.etree.ElementTree as ElementTree

import duckdb
import pytest
import vl_convert
from altair.vegalite.schema import core
from jsonschema import Draft7Validator

from schemas.errors import Unusable
from tests.support.pictures import DYAD, ask, published
from warehouse.visuals import files, registry, specification

EVERY = list(registry.drawings())
LONG = "The Federated Commonwealth of Northern and Southern Islandia."
VEGA_LITE = Draft7Validator(core.load_schema())
HOSTILE = '<script>alert("x")</script> & \'quoted\' \\ {signal} " + alert(1) + "'


def meta(con, dataset: str, dyad: str = DYAD) -> dict:
    return specification.draw(con, dataset, dyad)["usermeta"]


def views(spec: dict, data: dict | None = None) -> list[dict]:
    """Every view of a specification that has a mark, with the data it inherits."""
    data = spec.get("data", data)
    inner = [view for key in ("vconcat", "hconcat", "concat", "layer") for part in spec.get(key, []) for view in views(part, data)]
    return inner + ([{**spec, "data": data}] if "mark" in spec else [])


def sheet(svg: str) -> ElementTree.Element:
    """Return the picture as a tree; raise if it is not well-formed."""
    return ElementTree.fromstring(svg)  # noqa: S314  the picture is our own


def words(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in sheet(svg).iter() if node.tag.endswith("}text")]


def drawn(spec: dict) -> str:
    """Return the picture; its specification must be valid, and it must be well-formed, show the title and stay on its sheet."""
    # any row is valid, and rows take most of the time
    VEGA_LITE.validate({**spec, "usermeta": {}, "datasets": {name: rows[:1] for name, rows in spec["datasets"].items()}})
    json.dumps(spec, allow_nan=False)
    compiled = vl_convert.vegalite_to_vega(spec)
    assert compiled["marks"]
    picture = files.svg(spec)
    assert spec["usermeta"]["title"].split()[0] in " ".join(words(picture))
    assert "NaN" not in picture and "Infinity" not in picture
    return picture


# --- what is drawn ---


def test_a_visual_of_no_dataset_is_refused_at_import() -> None:
    def weather() -> None:
        """Draw nothing."""

    with pytest.raises(Unusable, match="weather draws no dataset: give it the name of a chart table"):
        registry.visual(weather)
    assert "weather" not in registry.drawings()


@pytest.mark.parametrize("dataset", EVERY)
def test_a_picture_has_title_unit_rule_note_and_source(con, dataset) -> None:
    spec = specification.draw(con, dataset, DYAD)
    text = " ".join(words(drawn(spec)))
    for part in ("title", "subtitle", "note", "source"):
        expected = " ".join(spec["usermeta"][part].split())
        # long text is set in lines: its words are there, in order
        assert " ".join(expected.split()[:3]) in " ".join(text.split()), part
    assert spec["usermeta"]["source"].startswith("Source: ")
    assert "Counted: " in spec["usermeta"]["note"] and "Not shown: " in spec["usermeta"]["note"]
    assert spec["usermeta"]["is_empty"] is False and len(spec["usermeta"]["alt"]) > 80


def test_a_map_names_who_drew_its_land(con) -> None:
    naming = {dataset for dataset in EVERY if meta(con, dataset)["source"].endswith(" Land: Natural Earth.")}
    assert naming == {"naval_drills"}


def test_nothing_is_fetched_and_no_url_is_drawn_from(con) -> None:
    for dataset in EVERY:
        spec = specification.draw(con, dataset, DYAD)
        assert {"name" in view["data"] for view in views(spec)} == {True}, dataset


def test_sources_know_the_releases_day(article) -> None:
    with duckdb.connect() as con:
        published(con, article)
        empty = {dataset for dataset in EVERY if meta(con, dataset)["is_empty"]}
        assert empty == {"trade_composition"}
        assert all("12 December 2024" in meta(con, dataset)["source"] for dataset in set(EVERY) - empty)


# --- other pairs ---


@pytest.mark.sampled(1, each="dataset")
@pytest.mark.parametrize("dyad", ["CHN-USA", "FRA-GBR", "IND-RUS"])
@pytest.mark.parametrize("dataset", EVERY)
def test_any_pair_is_drawn_or_says_why_not(pairs, dataset, dyad) -> None:
    spec = specification.draw(pairs, dataset, dyad)
    has_rows = ask(pairs, f"select count(*) > 0 from charts.{dataset} where dyad = '{dyad}'") == [(True,)]
    assert spec["usermeta"]["is_empty"] is not has_rows
    text = " ".join(words(drawn(spec)))
    (names,) = ask(pairs, f"select name_a, name_b from core.dyad where dyad = '{dyad}'")
    assert any(name in spec["usermeta"]["title"] for name in names)
    assert "Russia" not in spec["usermeta"]["title"] or "RUS" in dyad
    if not has_rows:
        assert len(views(spec)) == 1 and "Outside coverage: there are no figures to draw" in text


def test_an_empty_picture_says_which_reason_it_has(pairs, article) -> None:
    assert (
        "no source of this release on the subject covers France and the United Kingdom."
        in meta(pairs, "joint_exercises", "FRA-GBR")["note"]
    )
    with duckdb.connect() as con:
        published(con, article)
        assert "have no figures on China and Russia, as known on 12 December 2024." in meta(con, "trade_composition")["note"]


# --- bad input ---

LAST_YEAR = {"bilateral_trade": "year(period_start)", "bloc_membership": "year(as_of)"}


@pytest.mark.parametrize("dataset", EVERY)
def test_no_rows_say_so(con, dataset) -> None:
    con.execute(f"delete from charts.{dataset}")
    spec = specification.draw(con, dataset, DYAD)
    assert spec["usermeta"]["is_empty"] is True
    assert [v["mark"]["type"] for v in views(spec)] == ["text"]
    assert "no figures to draw" in " ".join(words(drawn(spec)))


@pytest.mark.parametrize("dataset", EVERY)
def test_one_row_is_drawn_or_the_picture_is_empty(con, dataset) -> None:
    for offset in range(0, ask(con, f"select count(*) from charts.{dataset}")[0][0], 211):
        con.execute(f"create or replace table charts.kept as from charts.{dataset} order by all limit 1 offset {offset}")
        con.execute(f"create or replace table charts.whole as from charts.{dataset}")
        con.execute(f"delete from charts.{dataset}")
        con.execute(f"insert into charts.{dataset} from charts.kept")
        spec = specification.draw(con, dataset, DYAD)
        drawn(spec)
        assert len(spec["usermeta"]["rows"]) == (0 if spec["usermeta"]["is_empty"] else 1)
        con.execute(f"delete from charts.{dataset}")
        con.execute(f"insert into charts.{dataset} from charts.whole")


@pytest.mark.parametrize("dataset", EVERY)
def test_a_single_year_is_drawn(con, dataset) -> None:
    year = LAST_YEAR.get(dataset, "year")
    con.execute(f"delete from charts.{dataset} where {year} <> {2018 if dataset == 'assembly_agreement' else 2023}")
    spec = specification.draw(con, dataset, DYAD)
    assert spec["usermeta"]["is_empty"] is False
    drawn(spec)


@pytest.mark.parametrize("dataset", EVERY)
def test_all_null_is_drawn_or_empty(con, dataset) -> None:
    keep = {"dyad", "year", "period_start", "as_of", "frequency", "is_headline", "evidence", "category", "format", "start_date", "vote_date", "rule", "country", "partner", "exporter", "importer", "bloc", "iso3", "status", "veto_type", "country_name", "member_count", "since"}  # fmt: skip
    described = ask(con, f"select column_name, data_type from duckdb_columns() where schema_name = 'charts' and table_name = '{dataset}'")
    nulls = [name for name, kind in described if name not in keep and kind == "DOUBLE"]
    con.execute(f"update charts.{dataset} set {', '.join(f'{name} = null' for name in nulls) or 'dyad = dyad'}")
    spec = specification.draw(con, dataset, DYAD)
    picture = drawn(spec)
    if dataset in ("bilateral_trade", "trade_composition"):
        assert spec["usermeta"]["is_empty"] is True
    assert "None" not in " ".join(words(picture))


@pytest.mark.sampled(1, each="dataset")
@pytest.mark.parametrize("name", [LONG, HOSTILE], ids=["long", "hostile"])
@pytest.mark.parametrize("dataset", EVERY)
def test_names_are_shown_as_they_are_and_fit(con, dataset, name) -> None:
    con.execute("update core.dyad set name_a = ?, name_b = ?", [name, name.upper()])
    con.execute("update charts.naval_drills set name = ?, sea = if(sea = 'Yellow Sea', ?, sea)", [name, name])
    con.execute("update charts.bloc_membership set country_name = ? where iso3 in ('RUS', 'MMR', 'EGY')", [name])
    con.execute("update charts.bilateral_trade set basis = ? where year(period_start) > 2020", [name])
    con.execute("update raw.counting_rule set title = ?", [name])
    con.execute("update core.evidence set publisher = ?", [name])
    spec = specification.draw(con, dataset, DYAD)
    picture = drawn(spec)
    assert "<script" not in picture
    assert name in spec["usermeta"]["title"] and name in json.loads(json.dumps(spec))["usermeta"]["source"]
    assert float(sheet(picture).get("width")) < 1082
    assert not [code for code in expressions(vl_convert.vegalite_to_vega(spec)) if "alert(1)" in unquoted(code)]


def expressions(node) -> list[str]:
    """Everything in a compiled specification that Vega runs as code."""
    if isinstance(node, list):
        return [code for part in node for code in expressions(part)]
    if not isinstance(node, dict):
        return []
    own = [node[key] for key in ("signal", "update", "expr", "test", "init") if isinstance(node.get(key), str)]
    return own + [code for key, part in node.items() if key not in ("datasets", "values", "usermeta") for code in expressions(part)]


def unquoted(code: str) -> str:
    """Return the code without its string literals."""
    return re.sub(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", "", code)


AMOUNTS = {
    "joint_exercises": "update charts.joint_exercises set exercise_count = {0}::hugeint::bigint",
    "bilateral_trade": "update charts.bilateral_trade set value_usd = {0}, two_way_total_usd = {0}",
    "trade_dependence": "update charts.trade_dependence set share_pct = {0}",
    "trade_composition": "update charts.trade_composition set value_usd = {0}, share_pct = {0}",
    "naval_drills": "update charts.naval_drills set longitude = {0} % 180, latitude = {0} % 90",
}


@pytest.mark.sampled(1, each="dataset")
@pytest.mark.parametrize("amount", ["-5", "0", "1e15", "1e-9"])
@pytest.mark.parametrize("dataset", AMOUNTS)
def test_negative_and_enormous_values_are_drawn(con, dataset, amount) -> None:
    con.execute(AMOUNTS[dataset].format(amount))
    spec = specification.draw(con, dataset, DYAD)
    assert spec["usermeta"]["is_empty"] is False
    drawn(spec)


def in_2023(dataset: str, amount: str) -> str:
    return f"{AMOUNTS[dataset].format(amount)} where {LAST_YEAR.get(dataset, 'year')} = 2023"


@pytest.mark.sampled(1, each="dataset")
@pytest.mark.parametrize("amount", ["'nan'::double", "'infinity'::double"])
@pytest.mark.parametrize("dataset", ["bilateral_trade", "trade_dependence", "trade_composition"])
def test_a_value_that_is_not_finite_is_drawn_as_one_that_is_missing(con, dataset, amount) -> None:
    whole = meta(con, dataset)["rows"]
    con.execute(in_2023(dataset, amount))
    spec = specification.draw(con, dataset, DYAD)
    drawn(spec)
    con.execute(in_2023(dataset, "null"))
    assert spec == specification.draw(con, dataset, DYAD)
    assert 0 < len(spec["usermeta"]["rows"]) < len(whole)


@pytest.mark.parametrize("dataset", ["bilateral_trade", "trade_dependence", "trade_composition"])
def test_the_largest_finite_values_are_drawn(con, dataset) -> None:
    whole = meta(con, dataset)["rows"]
    con.execute(in_2023(dataset, "1e300"))
    spec = specification.draw(con, dataset, DYAD)
    drawn(spec)
    assert sorted(spec["usermeta"]["rows"]) == sorted(whole)


def test_what_cannot_be_drawn_is_refused_in_a_sentence(con) -> None:
    with pytest.raises(Unusable, match="no visual of weather: choose one of joint_exercises"):
        specification.draw(con, "weather", DYAD)
    with pytest.raises(Unusable, match="no dyad FRA-GBR in this release: choose one of CHN-RUS"):
        specification.draw(con, "joint_exercises", "FRA-GBR")


# --- files ---


def test_files_carry_the_dyad_where_there_are_several() -> None:
    assert files.stem("naval_drills", DYAD, [DYAD]) == "naval_drills"
    assert files.stem("naval_drills", DYAD, [DYAD, "FRA-GBR"]) == "naval_drills.CHN-RUS"


# --- what all visuals share ---
