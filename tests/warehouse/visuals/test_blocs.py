"""Test the visual of blocs: its findings, a bar a status, and the lists of lesser statuses."""

import duckdb
import pytest

from tests.support.pictures import DYAD, ask, marks, published, texts
from warehouse.visuals import files, specification, style

TODAY = "from charts.bloc_membership where as_of = (select max(as_of) from charts.bloc_membership)"


def drawn(con, dyad: str = DYAD, width: str = "wide") -> dict:
    return specification.draw(con, "bloc_membership", dyad, width)


FINDINGS = [
    # joined after the blocs began: India, Pakistan, Iran and Belarus the SCO; South Africa, Egypt, Ethiopia, Iran, the UAE and Indonesia BRICS
    (
        "select 1",
        "most_joined_after_the_hinge",
        "Seven of the ten accessions to the blocs of China and Russia came after the invasion of Ukraine",
    ),
    (
        "update charts.bloc_membership set is_disputed = true where bloc = 'SCO' and iso3 = 'RUS'",
        "most_joined_after_the_hinge",
        "Five of the six accessions to the bloc of China and Russia came after the invasion of Ukraine",
    ),
    ("delete from raw.turning_point", "grew", "10 accessions to the blocs of China and Russia, not counting the founders"),
    (
        "update charts.bloc_membership set since = since - interval 12 year where since > '2022-02-24'",
        "grew",
        "10 accessions to the blocs of China and Russia, not counting the founders",
    ),
    (
        "update charts.bloc_membership set status = 'partner' where iso3 = 'RUS'",
        "who_belongs",
        "China belongs to BRICS and the SCO, Russia to neither",
    ),
    (
        "delete from charts.bloc_membership where since > '2009-06-16'",
        "who_belongs",
        "China and Russia belong to BRICS and the SCO",
    ),
]


@pytest.mark.parametrize(("change", "finding", "title"), FINDINGS)
def test_the_title_is_the_first_finding_that_holds(con, change, finding, title) -> None:
    con.execute(change)
    meta = drawn(con)["usermeta"]
    assert (meta["finding"], meta["title"]) == (finding, title)


def test_blocs_beyond_the_colours_share_grey(con) -> None:
    for bloc in ("XYZ", "ZZZ"):
        con.execute(
            "insert into charts.bloc_membership select * replace (? as bloc) from charts.bloc_membership where bloc = 'SCO'", [bloc]
        )
    svg = files.svg(drawn(con))
    fills = {mark["bloc"]: mark["stroke"] for mark in marks(drawn(con)) if "bloc" in mark}
    assert fills == {
        "BRICS": style.colour("bloc-1"),
        "SCO": style.colour("bloc-2"),
        "XYZ": style.colour("bloc-3"),
        "ZZZ": style.colour("other"),
    }
    assert any(text.words.startswith("ZZZ: ") for text in texts(svg))


@pytest.mark.parametrize(
    ("dyad", "title"),
    [
        ("CHN-USA", "China belongs to BRICS and the SCO, the United States to neither"),
        ("FRA-GBR", "France and the United Kingdom belong to neither BRICS nor the SCO"),
        ("IND-RUS", "Seven of the ten accessions to the blocs of India and Russia came after the invasion of Ukraine"),
    ],
)
def test_another_pair_has_its_own_finding(pairs, dyad, title) -> None:
    assert drawn(pairs, dyad)["usermeta"]["title"] == title


def test_the_title_knows_the_releases_day(article) -> None:
    with duckdb.connect() as con:
        published(con, article)
        assert drawn(con)["usermeta"]["title"].startswith("Six of the nine accessions")


@pytest.mark.parametrize("width", style.SIZES)
def test_every_status_of_the_day_is_a_mark_of_its_own_row(con, width) -> None:
    drawn_today = [tuple(mark["keys"][0][:2]) for mark in marks(drawn(con, width=width)) if mark["keys"][0][2] == "2026-11-30"]
    assert sorted(drawn_today) == sorted(ask(con, f"select bloc, iso3 {TODAY}"))
    assert all(len(mark["keys"]) == 1 for mark in marks(drawn(con, width=width)))


def test_a_bar_lasts_from_the_day_of_joining_and_a_thin_line_from_a_status_before_it(con) -> None:
    iran = {
        mark["label"]: mark["py2"] - mark["py"]
        for mark in marks(drawn(con))
        if mark["label"].startswith("Iran: ") and "SCO" in mark["label"]
    }
    assert iran == {
        "Iran: observer of the SCO since 5 July 2005, until 4 July 2023 (single source)": 3,
        "Iran: member of the SCO since 4 July 2023, on 30 November 2026 still": 15,
    }


def test_a_disputed_status_is_outlined_and_said_in_words(con) -> None:
    spec = drawn(con)
    disputed = {(bloc, iso3) for bloc, iso3 in ask(con, f"select bloc, iso3 {TODAY} and is_disputed")}
    outlined = [mark for mark in marks(spec) if mark["fill"] == style.colour("ground")]
    assert {tuple(mark["keys"][0][:2]) for mark in outlined if "member of" not in mark["label"]} == disputed
    words = [text.words for text in texts(files.svg(spec))]
    assert {"Partners of the SCO (17); sources disagree", "Saudi Arabia (a member by some counts)"} <= set(words)
    assert "Outlined, since sources disagree on the membership: South Africa from December 2010." in spec["usermeta"]["note"]
    con.execute("update charts.bloc_membership set is_disputed = false where iso3 = 'EGY'")
    words = [text.words for text in texts(files.svg(drawn(con)))]
    assert {"Partners of the SCO (17)", "Egypt", "Qatar (disputed)"} <= set(words)


def test_bars_of_a_state_in_both_blocs_are_distinguished_by_words(con) -> None:
    words = [text.words for text in texts(files.svg(drawn(con)))]
    assert {"BRICS 2009", "SCO 2001", "SCO 2017", "BRICS 2024", "SCO 2023"} <= set(words)


def test_a_status_not_verified_since_says_so(con) -> None:
    assert drawn(con)["usermeta"]["subtitle"].endswith("on 30 November 2026, as last verified on 30 September 2025")
    con.execute("update catalog.source set coverage_last = '2026-11-30' where source = 'dyad_memberships'")
    assert "verified" not in drawn(con)["usermeta"]["subtitle"]


def test_lesser_statuses_alone_are_listed(con) -> None:
    con.execute("update charts.bloc_membership set status = 'partner'")
    spec = drawn(con)
    assert len(marks(spec)) == ask(con, f"select count(*) {TODAY}")[0][0]
    files.svg(spec)


def test_the_pair_comes_first_in_its_own_order(pairs) -> None:
    names = {"India", "Russia", "China", "Iran"}
    drawn_names = [text for text in texts(files.svg(drawn(pairs, "IND-RUS"))) if text.words in names]
    assert [text.words for text in sorted(drawn_names, key=lambda text: text.box[1])] == ["India", "Russia", "China", "Iran"]


@pytest.mark.parametrize("width", style.SIZES)
def test_the_map_colours_members_of_one_bloc_of_another_and_of_both(con, width) -> None:
    spec = specification.draw(con, "bloc_membership", DYAD, width, "map")
    shapes = {mark["iso3"]: mark for mark in marks(spec) if "geometry" in mark}
    members = ask(
        con, "select iso3, list(bloc order by bloc) from charts.bloc_membership where status = 'member' and not is_disputed "
        f"and as_of = (select max(as_of) from charts.bloc_membership) and dyad = '{DYAD}' group by iso3",
    )  # fmt: skip
    fills = {("BRICS",): "bloc-1", ("SCO",): "bloc-2", ("BRICS", "SCO"): "bloc-3"}
    assert {iso3: shapes[iso3]["fill"] for iso3, _ in members} == {iso3: style.colour(fills[tuple(blocs)]) for iso3, blocs in members}
    assert {iso3: len(shapes[iso3]["keys"]) for iso3, _ in members} == {iso3: len(blocs) for iso3, blocs in members}
    note, words = spec["usermeta"]["note"], {text.words for text in texts(files.svg(spec))}
    assert all(shape["name"] in words or shape["name"] in note for shape in shapes.values()) and "no judgement of whose it is" in note
