"""Test the visual of bilateral trade: its findings, sums, series, landmarks and gaps."""

import pytest

from tests.support.pictures import DYAD, ask, marks, texts
from warehouse import models
from warehouse.visuals import files, specification, style


def meta(con, dyad: str = DYAD) -> dict:
    return specification.draw(con, "bilateral_trade", dyad)["usermeta"]


ALONE = "frequency = 'annual' and is_headline"
FINDINGS = [
    ("select 1", "fell_from_the_record", "Trade between China and Russia fell 7% in 2025, from a record $245bn to $228bn"),
    (
        "update charts.bilateral_trade set two_way_total_usd = 3e11 where year(period_start) = 2020",
        "below_the_record",
        "Trade between China and Russia was $228bn in 2025, below the $300bn of 2020",
    ),
    (
        "delete from charts.bilateral_trade where year(period_start) > 2023",
        "reached_a_record",
        "Trade between China and Russia reached a record $240bn in 2023, 2.2 times that of 2018",
    ),
    (
        "delete from charts.bilateral_trade where year(period_start) not in (2021, 2022)",
        "changed_since_the_year_before",
        "Trade between China and Russia was $190bn in 2022, up from $147bn in 2021",
    ),
    (
        "delete from charts.bilateral_trade where frequency = 'annual'",
        "newest_figure",
        "Trade from Russia to China was $10.0bn in February 2026",
    ),
]


@pytest.mark.parametrize(("change", "finding", "title"), FINDINGS, ids=[finding for _, finding, _ in FINDINGS])
def test_the_title_is_the_first_finding_that_holds(con, change, finding, title) -> None:
    con.execute(change)
    found = meta(con)
    assert (found["finding"], found["title"]) == (finding, title)


def test_each_column_is_the_figure_of_its_row_and_the_columns_add_up(con) -> None:
    values = {tuple(key): value for *key, value in ask(con, "select frequency, period_start::varchar, exporter, importer, basis, value_usd from charts.bilateral_trade")}  # fmt: skip
    spec = specification.draw(con, "bilateral_trade", DYAD)
    assert spec["usermeta"]["key"] == ["frequency", "period_start", "exporter", "basis"]
    by_key = {(f, p, e, b): value for (f, p, e, _, b), value in values.items()}
    columns = [mark for mark in marks(spec) if "year" in mark]
    assert len(columns) > 60
    for column in columns:
        assert sum(by_key[tuple(key)] for key in column["keys"]) == pytest.approx(column["worth"])
    drawn = sum(column["worth"] for column in columns)
    assert [(pytest.approx(drawn),)] == ask(
        con, f"select sum(value_usd) from charts.bilateral_trade where {ALONE} and value_usd is not null"
    )


def test_a_year_without_a_split_is_one_outlined_column_of_both_rows(con) -> None:
    con.execute("update charts.bilateral_trade set value_usd = null where frequency = 'annual' and year(period_start) = 2024")
    (column,) = [mark for mark in marks(specification.draw(con, "bilateral_trade", DYAD)) if mark.get("year") == 2024]
    assert len(column["keys"]) == 2 and column["fill"] == style.colour("ground") and "split not found" in column["label"]


def test_a_title_within_one_series_says_so_where_its_columns_show_another(con) -> None:
    note = "The title compares 2024 and 2025 in the same series, GACC preliminary; the column of 2024 shows UN Comtrade."
    assert note in meta(con)["note"]
    con.execute("update charts.bilateral_trade set basis = 'One' where frequency = 'annual'")
    assert "same series" not in meta(con)["note"]


def test_totals_compiled_from_partners_are_not_called_the_reporters_own(pairs) -> None:
    spec = specification.draw(pairs, "bilateral_trade", "IND-RUS")
    note = spec["usermeta"]["note"]
    assert "IMF DOTS as Russia reported (1992–2020), RIA Novosti compilation (2023)." in note
    assert "RIA Novosti compilation: the partners' own figures" in note
    assert "No figure found: 2021–2022." in note
    assert [mark["label"] for mark in marks(spec) if mark.get("year") == 2023] == [
        "2023: both ways, split not found, $64.9bn; RIA Novosti compilation (mirror data)"
    ]


def test_a_strip_names_the_series_of_the_years(con) -> None:
    words = [text.words for text in texts(files.svg(specification.draw(con, "bilateral_trade", DYAD)))]
    assert {"IMF DOTS", "UN Comtrade"} <= set(words)
    con.execute("update charts.bilateral_trade set basis = 'One' where frequency = 'annual'")
    assert "One" not in [text.words for text in texts(files.svg(specification.draw(con, "bilateral_trade", DYAD)))]


@pytest.mark.parametrize("width", style.SIZES)
def test_every_series_of_the_strip_is_named(pairs, width) -> None:
    spec = specification.draw(pairs, "bilateral_trade", "CHN-USA", width)
    series = {"IMF DOTS", "UN Comtrade (partner-reported)", "GACC country table", "GACC major partners"}
    assert series <= {text.words for text in texts(files.svg(spec))}


def test_a_claims_landmark_is_written_at_its_column(con, monkeypatch) -> None:
    def figures() -> set[str]:
        svg = files.svg(specification.draw(con, "bilateral_trade", DYAD))
        return {text.words for text in texts(svg) if text.words.startswith("$") and text.words.endswith("bn")}

    assert {"$240bn", "$147bn", "$245bn", "$228bn"} <= figures()
    con.execute("update charts.bilateral_trade set two_way_total_usd = 9.9e10 where year(period_start) = 2021")
    assert "$99.0bn" in figures()
    monkeypatch.setattr(models, "claims", list)
    assert not {"$240bn", "$99.0bn"} & figures()


def test_a_month_without_a_figure_breaks_the_line_and_the_mean(con) -> None:
    spec = specification.draw(con, "bilateral_trade", DYAD)
    lines = [data for data in spec["datasets"].values() if data and "mean" in data[0] and None in [d["worth"] for d in data]]
    months = {round((point["at"] - 2025) * 12): point for point in lines[0] if 2025 <= point["at"] < 2026}
    assert months[0]["worth"] is None and months[0]["mean"] is None
    assert lines[0][-1]["at"] == pytest.approx(2026 + 10 / 12, abs=0.001)


def test_the_mean_is_that_of_twelve_months(con) -> None:
    expected = ask(con, "select avg(value_usd) from charts.bilateral_trade where is_headline and frequency = 'monthly' and exporter = 'RUS' and year(period_start) = 2023")  # fmt: skip
    spec = specification.draw(con, "bilateral_trade", DYAD)
    (mean,) = {d["mean"] for data in spec["datasets"].values() for d in data if d.get("label", "").startswith("December 2023: Russia")}
    assert mean == pytest.approx(expected[0][0])


# --- other units ---


def test_yuan_are_dollars_at_the_years_rate_which_is_evidence_of_the_mark(con) -> None:
    spec = specification.draw(con, "bilateral_trade", DYAD, unit="yuan")
    assert spec["usermeta"]["title"] == "Trade between China and Russia reached a record ¥1.76tn in 2024, 2.3 times that of 2019"
    assert spec["usermeta"]["note"].count("No rate known, so not drawn: 2025.") == 1 and "World Bank" in spec["usermeta"]["source"]
    [mark] = [mark for mark in marks(spec) if mark["label"].startswith("2023: Russia")]
    [(usd, rate, evidence)] = ask(
        con,
        "select value_usd, value, evidence_id from charts.bilateral_trade join views.dollar_conversion on year = year(period_start) "
        "where is_headline and frequency = 'annual' and exporter = 'RUS' and year = 2023 and indicator = 'exchange_rate_lcu_per_usd' and iso3 = 'CHN'",
    )
    assert mark["worth"] == pytest.approx(usd * rate) and mark["factors"] == [evidence]
    assert f"at {rate:.2f} yuan a dollar" in mark["label"]


def test_share_of_gdp_is_trade_both_ways_over_the_years_gdp(con) -> None:
    spec = specification.draw(con, "bilateral_trade", DYAD, unit="gdp")
    title = "Trade between China and Russia equalled 11% of Russia's GDP in 2024, and 1.3% of China's GDP"
    assert spec["usermeta"]["title"] == title
    points = {(mark["keys"][0][1][:4], mark["line"]): mark for mark in marks(spec)}
    for iso3, line in (("CHN", "Share of China's GDP"), ("RUS", "Share of Russia's GDP")):
        [(usd, gdp, evidence)] = ask(
            con,
            "select any_value(two_way_total_usd), any_value(value), any_value(evidence_id) from charts.bilateral_trade "
            "join views.dollar_conversion on year = year(period_start) "
            f"where is_headline and frequency = 'annual' and year = 2023 and indicator = 'gdp_usd' and iso3 = '{iso3}'",
        )
        mark = points["2023", line]
        assert mark["rate"] == pytest.approx(100 * usd / gdp, abs=1e-3) and mark["factors"] == [evidence] and len(mark["keys"]) == 2


def test_a_unit_without_figures_is_not_drawn(con, pairs) -> None:
    con.execute("delete from views.dollar_conversion where indicator = 'exchange_rate_lcu_per_usd'")
    assert specification.draw(con, "bilateral_trade", DYAD, unit="yuan")["usermeta"]["is_empty"]
    for unit, dyad, is_empty in (("yuan", "IND-RUS", True), ("gdp", "IND-RUS", False), ("gdp", "FRA-GBR", True)):
        assert specification.draw(pairs, "bilateral_trade", dyad, unit=unit)["usermeta"]["is_empty"] is is_empty, (unit, dyad)
    assert "No GDP of India" in specification.draw(pairs, "bilateral_trade", "IND-RUS", unit="gdp")["usermeta"]["note"]
