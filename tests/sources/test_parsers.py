"""Test each parser on its publisher's formats, and that other bytes are refused."""

import csv
import datetime as dt
import json
import re
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import Refused
from sources import countries
from sources.connector import BUNDLED, Parsed, Publisher, Request, connectors
from sources.live import clock
from sources.live.parsing import parse_answer
from sources.reading.table import csv_rows
from tests.support import hostile
from tests.support.publishers import SCOPE, comtrade_row

CONNECTORS = {c.source: c for c in connectors()}
ANNUAL = Request(
    "x",
    "https://comtradeapi.un.org/public/v1/preview/C/A/HS",
    {"reporterCode": "156", "period": "2023", "cmdCode": "TOTAL", "flowCode": "M"},
    kind="trade_flow",
    cap=500,
)


def comtrade(rows: list[dict], request: Request = ANNUAL, **envelope):
    body = {"elapsedTime": "0.1 secs", "count": len(rows), "data": rows, "error": "", **envelope}
    return parse_answer(CONNECTORS["un_comtrade"], request, json.dumps(body).encode())


def row(**changes) -> dict:
    return comtrade_row("156", "643", "2023", "M", "TOTAL", "A", 100.0) | changes


@pytest.fixture(scope="module")
def honest() -> dict[str, tuple[Request, bytes]]:
    """For every connector with a parser: one of its requests, and an honest answer to it."""
    return hostile.honest()


# of the honest answers: how many rows, the day of publication and the notes they give, and the first and last row, read off their bytes
READ = {
    "gacc_country_table": (
        12, "", (
            "1 name is unknown and left out: Ruritania (9) (with the month's two-way trade in thousand US dollars); "
            "add the names to SPELLINGS in sources/countries.py",
            "left out, because the page shows # instead: figures of IND; the publisher's later tables may show them",
        ),
        "monthly|2026-02-01|CHN|WLD|total|mixed|18000509.0|thousand USD|False|False|month-2026-02",
        "year_to_date|2026-02-01|CHN|RUS|import|CIF|18000000.0|thousand USD|False|True|month-2026-02",
    ),
    "imf_imts": (
        120, "", (),
        "monthly|2020-01-01|RUS|CHN|export|FOB|5192437394.0|USD|False|False|derivation M|monthly-RUS-CHN",
        "monthly|2024-12-01|RUS|CHN|import|CIF|11297062066.0|USD|True|False|derivation E|monthly-RUS-CHN",
    ),
    "mme_exercises": (
        3, "", (
            "1 exercise of China and Russia in 2003 or later skipped, since the curated list has those",
            "exercises skipped for names that are not in the reference table: Ruritania (1)",
        ),
        "mme1|Exercise at East Sea|core_military|bilateral|naval|False|1999-10-06|1999-10-06|day|CHN;RUS|East Sea|not documented|30.3|125.9|area|"
        "single source|Joint|mme-v7",
        "mme5|Strait|core_military|bilateral|joint|False|2005-08-18|2005-08-25|day|THA;USA|Field|not documented|single source|Joint|mme-v7",
    ),
    "un_comtrade": (
        6, "", (),
        "2024|RUS|CHN|27|103905086196.0|CHN-reported, CIF|chapters-CHN-RUS-2024",
        "2024|CHN|RUS|87|17291379222.75|CHN-reported, FOB|chapters-CHN-RUS-2024",
    ),
    "un_sc_vetoes": (
        2, "2026-11-01", (),
        "S/2024/239|S/PV.9584|2024-03-22|draft|The situation in the Middle East|Gaza|CHN;RUS|documented|vetoes",
        "S/2026/801|S/PV.10240|2026-10-20|draft|Non-proliferation|Non-proliferation|RUS|documented|vetoes",
    ),
    "undl_ga_votes": (
        2, "", ("1 resolution skipped: the bundled list has the votes up to 2020-01-14",),
        "4025241|76|2022-03-02|day|A/RES/ES-11/1|Title|False|False|USA|RUS|CHN|ga-votes",
        "4025240|78|2023-11-02|day|A/RES/78/7|Title|False|False|CHN;RUS|USA|ga-votes",
    ),
    "undl_sc_votes": (
        6, "", (),
        "S/RES/2814|2026-01-30|CHN|yes|S/PV.1|Agenda|sc-votes",
        "S/RES/2815|2026-01-30|GBR|yes|S/PV.1|Agenda|sc-votes",
    ),
    "wikidata_memberships": (
        9, "", (),
        "BRICS|BRA|BRA|member|False|single source|False|members",
        "SCO|KAZ|KAZ|member|False|single source|False|members",
    ),
    "world_bank_wdi": (
        5, "2026-07-13", (),
        "RUS|2024|exchange_rate_lcu_per_usd|92.6449524|LCU per USD|False|WDI PA.NUS.FCRF|pa.nus.fcrf-RUS",
        "RUS|2020|exchange_rate_lcu_per_usd|72.17701324166663|LCU per USD|False|WDI PA.NUS.FCRF|pa.nus.fcrf-RUS",
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", [c for c in CONNECTORS if CONNECTORS[c].parse])
def test_honest_answers_are_read_as_they_stand(source, honest):
    request, body = honest[source]
    found = parse_answer(CONNECTORS[source], request, body)
    rows = ["|".join(map(str, found.rows.iloc[n].dropna())) for n in (0, -1)]
    assert (len(found.rows), found.published_on, found.notes, *rows) == READ[source]


def test_comtrades_year_and_month_are_read_as_they_stand():
    month = comtrade_row("156", "643", "202311", "X", "TOTAL", "M", 7.5)
    asked = Request(
        "x",
        "https://comtradeapi.un.org/public/v1/preview/C/M/HS",
        {"reporterCode": "156", "period": "202311", "cmdCode": "TOTAL", "flowCode": "X"},
        kind="trade_flow",
        cap=500,
    )
    read = [comtrade([row()]).rows, comtrade([month], asked).rows]
    assert ["|".join(map(str, rows.iloc[0].dropna())) for rows in read] == [
        "annual|2023-01-01|CHN|RUS|import|CIF|100.0|USD|False|False|x",
        "monthly|2023-11-01|CHN|RUS|export|FOB|7.5|USD|False|False|x",
    ]


def test_a_member_of_a_bloc_has_the_days_that_are_stated_to_the_day(honest):
    request, body = honest["wikidata_memberships"]
    answer = json.loads(body)
    first, second, third = answer["results"]["bindings"][:3]
    first |= {"start": {"value": "2009-06-16T00:00:00Z"}, "startPrecision": {"value": "11"}}
    first |= {"end": {"value": "2024-01-01T00:00:00Z"}, "endPrecision": {"value": "11"}}
    second |= {"start": {"value": "2009-01-01T00:00:00Z"}, "startPrecision": {"value": "9"}}
    second |= {"end": {"value": "2023-01-01T00:00:00Z"}, "endPrecision": {"value": "9"}}
    third |= {"end": {"value": "2023-01-01T00:00:00Z"}}
    del third["memberLabel"]
    rows = parse_answer(CONNECTORS["wikidata_memberships"], request, json.dumps(answer).encode()).rows
    days = rows[["start_date", "start_precision", "end_date", "end_precision"]].astype(object)
    assert list(days.iloc[0]) == ["2009-06-16", "day", "2024-01-01", "day"] and days.iloc[1:].isna().all(axis=None)
    assert rows["country_name"].iloc[2] == third["iso3"]["value"]


@pytest.mark.parametrize(
    "start", ["-0582-01-01T00:00:00Z", "2009-00-00T00:00:00Z", "t123", "http://www.wikidata.org/.well-known/genid/0a1b"]
)
def test_a_day_that_wikidata_does_not_know_is_left_empty(start, honest):
    request, body = honest["wikidata_memberships"]
    answer = json.loads(body)
    answer["results"]["bindings"][0] |= {"start": {"value": start}, "startPrecision": {"value": "11"}}
    answer["results"]["bindings"][0] |= {"end": {"value": start}, "endPrecision": {"value": "11"}}
    rows = parse_answer(CONNECTORS["wikidata_memberships"], request, json.dumps(answer).encode()).rows
    assert len(rows) == 9 and rows[["start_date", "end_date"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "change",
    [
        {"iso3": {"value": "http://www.wikidata.org/.well-known/genid/0a1b"}},
        {"iso3": {"value": "QQQ"}},
        {"org": {"value": "http://www.wikidata.org/entity/Q1"}},
    ],
)
def test_a_statement_about_no_known_state_or_bloc_costs_itself_alone(change, honest):
    request, body = honest["wikidata_memberships"]
    answer = json.loads(body)
    answer["results"]["bindings"][0] |= change
    parsed = parse_answer(CONNECTORS["wikidata_memberships"], request, json.dumps(answer).encode())
    assert len(parsed.rows) == 8 and parsed.notes == ("1 statements left out: unknown state or bloc",)
    answer["results"]["bindings"] = answer["results"]["bindings"][:1]
    with pytest.raises(Refused, match="no members that are known states"):
        parse_answer(CONNECTORS["wikidata_memberships"], request, json.dumps(answer).encode())


SPELLINGS = {
    "votes, not voting": ("undl_sc_votes", lambda b: b.replace(b",Y,", b",NV,", 1), 5),
    "votes, lower case": ("undl_sc_votes", lambda b: b.replace(b",Y,", b",y,"), 6),
    "votes, with the time": ("undl_sc_votes", lambda b: b.replace(b"2026-01-30", b"2026-01-30 00:00:00"), 6),
    "vetoes, counts as decimals": ("un_sc_vetoes", lambda b: b.replace(b",Gaza,2,1,1,0,0,0", b",Gaza,2.0,1.0,1.0,0.0,0.0,0.0"), 2),
    "vetoes, flags as words": ("un_sc_vetoes", lambda b: b.replace(b",Gaza,2,1,1,0,0,0", b",Gaza,2,True,True,False,False,False"), 2),
    "indicator, a blank at the end": ("world_bank_wdi", lambda b: b.replace(b"period average)", b"period  average) "), 5),
    "indicator, another case": ("world_bank_wdi", lambda b: b.replace(b"Official exchange", b"Official Exchange"), 5),
    "IMF, months of SDMX": ("imf_imts", lambda b: b.replace(b"-M", b"-"), 120),
    "IMF, SDMX-CSV 2.0": (
        "imf_imts",
        lambda b: b.replace(b"DATAFLOW,", b"STRUCTURE,STRUCTURE_ID,ACTION,").replace(b"IMF.STA:IMTS(1.0.0)", b"dataflow,IMF.STA:IMTS(1.0.0),I"),
        120,
    ),
    "IMF, quoted": ("imf_imts", lambda b: b.replace(b",", b'","').replace(b"\n", b'"\r\n"')[:-1].join([b'"', b""]), 120),
    "customs, saved in China's encoding": ("gacc_country_table", lambda b: b.replace("（".encode(), "（".encode("gb18030")), 12),
    "Comtrade, codes as text": ("un_comtrade", lambda b: b.replace(b'"partner2Code": 0', b'"partner2Code": "0"'), 6),
}  # fmt: skip


@pytest.mark.parametrize("name", SPELLINGS)
def test_the_same_answer_in_another_spelling_is_read(name, honest):
    source, change, count = SPELLINGS[name]
    request, body = honest[source]
    assert (changed := change(body)) != body
    rows = parse_answer(CONNECTORS[source], request, changed).rows
    assert len(rows) == count
    if count == len(honest_rows := parse_answer(CONNECTORS[source], request, body).rows):
        assert rows.equals(honest_rows)


FRAGMENTS = {
    "a stack trace in the middle": ("wikidata_memberships", lambda b: b[: len(b) // 2] + b"SPARQL-QUERY: queryStr=\njava.util.concurrent.TimeoutException"),
    "no data for a code": ("world_bank_wdi", lambda b: b'[{"page":0,"pages":0,"per_page":null,"total":0},null]'),
    "an error in HTML": ("imf_imts", lambda b: b"<html><body>Error<br></body></html>"),
    "an empty list": ("un_comtrade", lambda b: b'{"elapsedTime": "0.09 secs", "count": 0, "data": [], "error": ""}'),
}  # fmt: skip


@pytest.mark.parametrize("name", FRAGMENTS)
def test_an_error_with_status_200_is_refused_in_one_line(name, honest):
    source, change = FRAGMENTS[name]
    request, body = honest[source]
    with pytest.raises(Refused) as caught:
        parse_answer(CONNECTORS[source], request, change(body))
    assert "\n" not in str(caught.value) and str(caught.value).startswith(f"{source}: {request.name}: ")


def test_vetoes_of_the_librarys_page():
    cells = ["22 to 23 December 2016", "S/2016/1026<br>amended", "S/PV.7825<br>p. 2", "Middle East", "Russian Federation<br>China"]
    page = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in (["Date", *cells[1:]], cells, cells[:4]))
    request = Request("un_sc_vetoes", "https://research.un.org/en/docs/sc/quick", {}, kind="veto", expects="html")
    found = parse_answer(CONNECTORS["un_sc_vetoes"], request, f"<html><table>{page}</table></html>".encode()).rows
    assert [list(row.dropna()) for _, row in found.drop(columns="document").iterrows()] == [
        ["S/2016/1026", "S/PV.7825", "2016-12-23", "draft", "Middle East", "Middle East", "CHN;RUS", "documented"]
    ]


@pytest.mark.parametrize("source", [c for c in CONNECTORS if CONNECTORS[c].parse])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_answers_are_refused_or_still_obey(source, honest, data):
    request, body = honest[source]
    at = data.draw(st.integers(0, len(body)))
    damaged = data.draw(st.sampled_from([body[:at], body[:at] + data.draw(st.binary(max_size=3)) + body[at + 1 :]]))
    try:
        parse_answer(CONNECTORS[source], request, damaged)
    except Refused as error:
        assert str(error).startswith(source)


def test_comtrade_reads_totals_once_among_breakdowns():
    breakdown = [row(motCode=2100), row(customsCode="C01"), row(partner2Code=842)]
    assert list(comtrade([*breakdown, row()]).rows["value"]) == [100.0]
    with pytest.raises(Refused, match="rows 1 and 2 are the same figure"):
        comtrade([row(), row(mosCode="1")])


@pytest.mark.parametrize(
    ("rows", "envelope", "message"),
    [
        ([], {}, "empty answer"),
        ([row()], {"count": 2}, "1 row received, but the envelope counts 2"),
        ([row()], {"error": "period is required"}, "period is required"),
        ([row(partnerCode=4), *[row(partnerCode=5000 + n) for n in range(499)]], {}, "probably truncated"),
        ([row(partnerCode=5000)], {}, "row 1: comtrade code 5000 is unknown, which leaves 100 of 0 US dollars unexplained; if"),
        ([row(freqCode="M")], {}, "freqCode is 'M', which was not requested"),
        ([row(typeCode="S")], {}, "typeCode is 'S', which was not requested"),
        ([row(classificationCode="S4")], {}, "classificationCode is 'S4', which was not requested"),
        ([row(reporterCode=842)], {}, "reporterCode is 842, which was not requested"),
        ([row(cmdCode="27")], {}, "cmdCode is '27', which was not requested"),
        ([row(primaryValue=1e15)], {}, "changed the unit"),
        ([row(primaryValue=None)], {}, "'None' is not a number"),
        ([{k: v for k, v in row().items() if k != "primaryValue"} | {"value": 1}], {}, "primaryValue is missing (new: value)"),
    ],
)
def test_comtrade_refuses(rows, envelope, message):
    with pytest.raises(Refused) as caught:
        comtrade(rows, **envelope)
    assert message in str(caught.value)


def test_a_wrong_table_of_comtrades_site_is_refused_with_five_columns_and_the_advice():
    with pytest.raises(Refused) as caught:
        downloaded([{f"a name of many letters {n}": n for n in range(30)}])
    assert re.search(r": columns \w+(, \w+){4} and \d+ more are missing \(new: ", message := str(caught.value))
    assert message.endswith("; the publisher has changed the table: correct parse.py")


def test_a_long_cell_does_not_cut_the_advice():
    with pytest.raises(Refused) as caught:
        comtrade([row(freqCode="M" * 900)])
    assert len(str(caught.value)) < 700 and str(caught.value).endswith("; the publisher's service is faulty: try again later")


def test_an_unknown_comtrade_code_costs_itself_alone_if_it_is_small():
    world = row(partnerCode=0, primaryValue=10_000.0)
    parsed = comtrade([world, row(), row(partnerCode=5000, primaryValue=99.0)])
    assert list(parsed.rows["partner_iso3"]) == ["WLD", "RUS"]
    assert parsed.notes == (
        "partners with unknown codes left out (in brackets their US dollars, which the total of all partners includes): 5000 (99)",
    )
    with pytest.raises(Refused, match="row 3: comtrade code 5001 is unknown, which leaves 198 of 10,000 US dollars unexplained; if the"):
        comtrade([world, row(partnerCode=5000, primaryValue=99.0), row(partnerCode=5001, primaryValue=99.0)])


def downloaded(rows: list[dict], end: str = "\n", encoding: str = "utf-8", request: Request = ANNUAL) -> Parsed:
    """Parse rows as the CSV that the site gives to a person."""
    cells = [
        {name: "" if value is None else str(value).lower() if isinstance(value, bool) else value for name, value in r.items()} for r in rows
    ]
    lines = [",".join(rows[0]), *(",".join(map(str, r.values())) for r in cells)]
    body = (lines[0] + "\n" + "".join(line + end for line in lines[1:])).encode(encoding)
    return parse_answer(CONNECTORS["un_comtrade"], request._replace(expects="json or csv"), body)


@pytest.mark.parametrize("end", ["\n", "\r\n", ",\n", ",\r\n", "\n\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_table_downloaded_from_comtrades_site_is_read_as_its_answer(end, encoding):
    rows = [
        row(partnerCode=code, partnerDesc=name) for code, name in ((0, "World"), (643, "Russia"), (384, "Côte d'Ivoire"), (899, "Areas"))
    ]
    rows += [row(partnerCode=97, partnerDesc="EU", cifvalue=None, fobvalue=5.0), row(partnerCode=4, partnerDesc="A", motCode=2100)]
    assert downloaded(rows, end, encoding).rows.equals(comtrade(rows).rows)
    asked = ANNUAL._replace(kind="trade_by_product", params={**ANNUAL.params, "cmdCode": "AG2"})
    products = [row(cmdCode="01", netWgt=0), row(cmdCode="27", netWgt=2500.0), row(cmdCode="28", netWgt=None)]
    assert downloaded(products, end, encoding, asked).rows.equals(comtrade(products, asked).rows)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(partnerCode="")], "line 2: partnerCode: '' is not a number"),
        ([row(cmdCode="27")], "cmdCode is '27', which was not requested"),
        ([row(partnerCode=n) for n in range(5000, 5500)], "the most a download can have"),
        ([{k: v for k, v in row().items() if k != "primaryValue"}], "column primaryValue is missing"),
    ],
)
def test_another_table_of_comtrades_site_is_refused(rows, message):
    with pytest.raises(Refused) as caught:
        downloaded(rows)
    assert message in str(caught.value)


def test_votes_of_an_unknown_member_are_left_out_and_counted(honest):
    request, _ = honest["undl_sc_votes"]
    header, line = honest["undl_sc_votes"][1].decode().splitlines()[:2]
    line = line.replace("CHN", "{0}")

    def votes(*members: str) -> Parsed:
        return parse_answer(CONNECTORS["undl_sc_votes"], request, "\n".join([header, *map(line.format, members), ""]).encode())

    known = sorted(countries.alpha3_codes() - {"SUN"})[:150]
    today = [code for code in known if countries.on(code, "2026-01-30") == code]
    parsed = votes(*today, "QQQ")
    assert len(parsed.rows) == len(today) and parsed.notes[-1] == "1 votes left out: undl code QQQ is unknown"
    with pytest.raises(Refused, match="undl code QQQ is unknown"):
        votes(*today[:9], "QQQ")


def test_a_message_quotes_no_more_of_a_wrong_file_than_a_name():
    secret = "root:x:0:0:" + "s3cret" * 100
    for body in (f"{secret},b\n1,2\n", f"a,a,{secret}\n1,2,3\n", f"a\n{secret},1\n"):
        with pytest.raises(Refused) as caught:
            csv_rows(body.encode(), ["a"])
        assert "s3cret" * 6 not in str(caught.value)


def test_a_state_that_a_publisher_has_no_code_for_does_not_cost_the_others():
    period = {"period": "2023", "lastReleased": "2024-05-01", "datasetChecksum": 1, "totalRecords": 9}
    listed = {f"availability-{state}-A": json.dumps({"data": [period]}).encode() for state in ("CHN", "RUS")}
    for source, answers, expected in (
        ("un_comtrade", listed, {"annual-CHN-2023-M", "annual-RUS-2023-X", "chapters-CHN-RUS-2023"}),
        ("imf_imts", {}, {"annual-CHN", "annual-RUS", "monthly-CHN-RUS"}),
    ):
        connector, scope = CONNECTORS[source], SCOPE._replace(dyads=("CHN-RUS", "CHN-QQQ"))
        names = [request.name for request in connector.detectors(scope)]
        with pytest.raises(Refused, match="QQQ has no .* code"):
            for request in connector.requests(scope, answers):
                names.append(request.name)
        assert expected <= set(names) and [name for name in names if "QQQ" in name] == []


def test_each_states_indicators_are_a_question_of_their_own():
    asked = list(CONNECTORS["world_bank_wdi"].requests(SCOPE._replace(dyads=("CHN-TWN",)), {}))
    assert {r.name[-3:] for r in asked} == {"CHN", "TWN"} and all(";" not in r.url for r in asked)


def test_comtrade_codes_values_and_weights():
    rows = [row(partnerCode=code) for code in (0, 490, 699, 842, 899)] + [row(partnerCode=97, cifvalue=None, fobvalue=5.0)]
    frame = comtrade(rows).rows
    assert list(frame["partner_iso3"]) == ["WLD", "TWN", "IND", "USA", "EUU"], "899 is no economy"
    assert list(frame["valuation"]) == ["CIF"] * 4 + ["FOB"]
    asked = ANNUAL._replace(kind="trade_by_product", params={**ANNUAL.params, "cmdCode": "AG2"})
    products = comtrade([row(cmdCode="01", netWgt=0), row(cmdCode="27", netWgt=2500.0)], asked).rows
    assert list(products["hs_code"]) == ["01", "27"] and products["quantity_tonnes"].isna().tolist() == [True, False]
    assert set(zip(products["exporter_iso3"], products["importer_iso3"], strict=True)) == {("RUS", "CHN")}


def test_imf_values_are_plain_dollars_and_estimates_are_marked(honest):
    request, _ = honest["imf_imts"]
    text = (
        "﻿DATAFLOW,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE,STATUS\n"
        "IMF.STA:IMTS(1.0.0),RUS,XG_FOB_USD,CHN,M,2025-M01,2065411250,6,e\n"
        "IMF.STA:IMTS(1.0.0),RUS,MG_CIF_USD,G001,A,2024,300000000000,6,\n"
        "IMF.STA:IMTS(1.0.0),RUS,MG_CIF_USD,TX983,A,2024,1,6,\n"
    )
    frame = parse_answer(CONNECTORS["imf_imts"], request, text.encode()).rows
    assert list(frame["period"]) == ["2025-01-01", "2024-01-01"] and list(frame["value"]) == [2065411250.0, 3e11]
    assert list(frame["is_estimate"]) == [True, False] and list(frame["partner_iso3"]) == ["CHN", "WLD"]


def test_vetoes_are_cast_by_who_held_the_seat(honest):
    request, body = honest["un_sc_vetoes"]
    header = body.split(b"\n")[0]
    old = [
        b"1,S/1,1955-12-13,703,Agenda,Short,1,1,0,0,0,0,https://x,2026-11-01",
        b"2,S/2,1991-12-23,3000,Agenda,Short,1,0,1,0,0,0,https://x,2026-11-01",
        b"3,S/2,1991-12-24,3001,Agenda,Short,2,0,1,0,1,0,https://x,2026-11-01",
    ]
    frame = parse_answer(CONNECTORS["un_sc_vetoes"], request, b"\n".join([header, *old, b""])).rows
    assert list(frame["vetoed_by"]) == ["TWN", "SUN", "RUS;USA"]
    assert list(frame["draft_symbol"]) == ["S/1", "S/2", "S/2 [vote 2]"]


def test_resolutions_without_a_vote_have_no_rows(honest):
    request, body = honest["undl_sc_votes"]
    assert b"S/RES/2816" in body
    assert "S/RES/2816" not in set(parse_answer(CONNECTORS["undl_sc_votes"], request, body).rows["resolution"])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text.replace("CHN,CHN,Y,2023", "XXX,CHN,Y,2023"), "line 2: undl code XXX is unknown"),
        (lambda text: text.replace("CHN,CHN,Y,2023", "CHN,CHN,P,2023"), "line 2: ms_vote 'P' is unknown"),
        (lambda text: text.replace("RUS,RUS,Y,2023", "CHN,CHN,Y,2023"), "line 3: CHN is listed twice on A/RES/78/7"),
        (lambda text: text.replace("A/RES/ES-11/1", "A/RES/78/7"), "line 5: A/RES/78/7 has another undl_id on line 2"),
        (lambda text: text.replace(",ES-11,", ",eleventh,"), "line 5: session 'eleventh' is not a number"),
        (
            lambda text: text.replace("RUS,RUS,Y,2023-11-02", "RUS,RUS,Y,2023-11-03"),
            "line 3: undl_id 4025240 has another resolution or day",
        ),
        (lambda text: text.replace("2023-11-02", "2 Nov 2023"), "line 2: date '2 Nov 2023' is not a day"),
    ],
    ids=["state", "letter", "state twice", "resolution twice", "session", "two days", "day"],
)
def test_the_assemblys_votes_are_refused_with_their_place(honest, spoil, message):
    request, body = honest["undl_ga_votes"]
    with pytest.raises(Refused, match=re.escape(f": {message}")):
        parse_answer(CONNECTORS["undl_ga_votes"], request, spoil(body.decode()).encode())


@pytest.mark.parametrize("letter", ["X", "NV"])
def test_a_state_that_did_not_vote_is_in_no_list(honest, letter):
    request, body = honest["undl_ga_votes"]
    text = body.decode().replace("RUS,RUS,Y,2023", f"RUS,RUS,{letter},2023").replace(",2.0,1.0,0.0,", ",1.0,1.0,0.0,")
    row = parse_answer(CONNECTORS["undl_ga_votes"], request, text.encode()).rows.set_index("resolution").loc["A/RES/78/7"]
    assert list(row[["yes_members", "no_members", "abstained_members"]].fillna("")) == ["CHN", "USA", ""]


def test_a_roll_call_whose_totals_do_not_add_up_is_left_out_alone(honest):
    request, body = honest["undl_ga_votes"]
    parsed = parse_answer(CONNECTORS["undl_ga_votes"], request, body.replace(b",2.0,1.0,0.0,", b",3.0,1.0,0.0,"))
    assert list(parsed.rows["resolution"]) == ["A/RES/ES-11/1"]
    assert parsed.notes[-1] == ("line 2: A/RES/78/7 left out: total_yes is 3, but 2 states are listed; check the library's record")


def test_gacc_reads_the_month_and_the_year_to_date_and_sees_a_shifted_column(honest):
    request, body = honest["gacc_country_table"]
    parsed = parse_answer(CONNECTORS["gacc_country_table"], request, body)
    russia = parsed.rows[parsed.rows["partner_iso3"] == "RUS"]
    assert dict(zip(zip(russia["frequency"], russia["flow"], strict=True), russia["value"], strict=True)) == {
        ("monthly", "total"): 18000500, ("monthly", "export"): 9000300, ("monthly", "import"): 9000200,
        ("year_to_date", "total"): 36000000, ("year_to_date", "export"): 18000000, ("year_to_date", "import"): 18000000,
    }  # fmt: skip
    assert "Ruritania" in parsed.notes[0]
    for bad, message in ((b"US$10,000", "unit"), (b"CNY 1,000", "unit")):
        with pytest.raises(Refused, match=message):
            parse_answer(CONNECTORS["gacc_country_table"], request, body.replace(b"US$1,000", bad))
    with pytest.raises(Refused, match="a column has shifted"):
        parse_answer(CONNECTORS["gacc_country_table"], request, body.replace(b"18,000,500", b"38,000,500"))


@given(st.permutations(["a", "b", "c"]))
def test_columns_may_come_in_any_order(order):
    body = f"{','.join(order)}\n{','.join(name * 2 for name in order)}\n".encode()
    rows, notes = csv_rows(body, ["a", "b"], ["c"])
    assert rows == [(2, {name: name * 2 for name in order})] and notes == ()


@pytest.mark.parametrize(
    ("system", "code", "day", "iso3"),
    [
        ("comtrade", "156", "2020-01-01", "CHN"), ("comtrade", "643", "2020-01-01", "RUS"), ("comtrade", "699", "2020-01-01", "IND"),
        ("comtrade", "842", "2020-01-01", "USA"), ("comtrade", "490", "2020-01-01", "TWN"), ("comtrade", "810", "1985-01-01", "SUN"),
        ("comtrade", "280", "1985-01-01", "DEU"), ("imf", "KOS", "2020-01-01", "XKX"), ("imf", "CHN", "2020-01-01", "CHN"),
        ("worldbank", "XKX", "2020-01-01", "XKX"), ("undl", "SUN", "1985-01-01", "SUN"),
        ("cow", "365", "1985-01-01", "SUN"), ("cow", "365", "2000-01-01", "RUS"), ("cow", "260", "1985-01-01", "DEU"),
        ("cow", "255", "2000-01-01", "DEU"), ("cow", "345", "1985-01-01", "YUG"), ("cow", "345", "2010-01-01", "SRB"),
        ("cow", "679", "2000-01-01", "YEM"), ("cow", "816", "2000-01-01", "VNM"), ("gw", "260", "2000-01-01", "DEU"),
        ("gw", "340", "2010-01-01", "SRB"), ("gw", "345", "2000-01-01", "SCG"), ("gw", "678", "2000-01-01", "YEM"),
        ("gw", "511", "1964-01-01", "EAZ"), ("gw", "315", "1985-01-01", "CSK"), ("gw", "316", "2000-01-01", "CZE"),
    ],
)  # fmt: skip
def test_codes_go_through_one_crosswalk(system, code, day, iso3):
    assert countries.iso3(system, code, day, "line 1") == iso3


@pytest.mark.parametrize(
    ("system", "code", "day"),
    [
        ("comtrade", "643", "1991-06-01"),
        ("cow", "260", "2000-01-01"),
        ("gw", "340", "2000-01-01"),
        ("comtrade", "CHN", "2020-01-01"),
        ("imf", "QQQ", "2020-01-01"),
    ],
)
def test_unknown_codes_are_refused_with_their_place(system, code, day):
    with pytest.raises(Refused, match=f"^line 7: {system} code {code} "):
        countries.iso3(system, code, day, "line 7")


def test_comtrade_has_a_code_for_every_country_a_partner_table_names():
    """Without Monaco, which UN Comtrade counts with France: its number stands for a region there."""
    named: set[str] = set()
    for path in BUNDLED.glob("*/snapshot/trade_flow.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            named |= {row[column] for row in csv.DictReader(file) for column in ("reporter_iso3", "partner_iso3")}
    with (BUNDLED / "dyad_reference/snapshot/country_code.csv").open(encoding="utf-8", newline="") as file:
        coded = {row["iso3"] for row in csv.DictReader(file) if row["system"] == "comtrade"}
    assert named - coded == {"MCO"}


@pytest.mark.parametrize(
    ("name", "day", "iso3"),
    [
        ("Russia", "1985-12-28", "SUN"), ("Russia", "1991-12-24", "RUS"), ("Soviet Union", "1985-01-01", "SUN"),
        ("Czechia", "1990-01-01", "CSK"), ("Germany", "1985-01-01", "DEU"), ("Ruritania", "1985-01-01", None),
        ("Yugoslavia", "1992-04-27", "YUG"), ("Yugoslavia", "2004-05-17", "SCG"), ("Yugoslavia", "9999-12-31", "YUG"),
    ],
)  # fmt: skip
def test_a_name_means_the_state_of_its_day(name, day, iso3):
    assert countries.by_name(name, day) == iso3


@pytest.mark.parametrize(("system", "iso3"), [("imf", "SUN"), ("undl", "SUN"), ("worldbank", "RUS")])
def test_a_code_means_the_state_of_its_day_where_the_publisher_does_not_go_back(system, iso3):
    assert countries.iso3(system, "RUS", "1985-12-28", "line 1") == iso3


def test_an_exercise_of_the_soviet_union_is_not_russias(honest):
    request, body = honest["mme_exercises"]
    early = body.replace(b"10/6/99,1999,10,6,10/6/99,1999", b"10/6/85,1985,10,6,10/6/85,1985")
    rows = parse_answer(CONNECTORS["mme_exercises"], request, early).rows
    assert "CHN;SUN" in set(rows["participants"]) and "CHN;RUS" not in set(rows["participants"])


def test_codes_to_ask_with():
    assert [countries.code("comtrade", c, "2023-12-31") for c in ("CHN", "RUS", "IND", "USA", "FRA")] == ["156", "643", "699", "842", "251"]
    assert countries.code("imf", "XKX", "2023-12-31") == "KOS" and countries.code("comtrade", "IND", "1970-01-01") == "356"
    with pytest.raises(Refused):
        countries.code("comtrade", "RUS", "1991-12-31")


def test_a_reporter_of_whom_nothing_is_listed_is_refused_after_the_others():
    connector = CONNECTORS["un_comtrade"]
    listed = {"data": [{"period": "2023", "lastReleased": "2026-01-01T00:00:00", "datasetChecksum": 1, "totalRecords": 2}], "error": ""}
    answers = {"availability-CHN-A": json.dumps(listed).encode(), "availability-RUS-A": b'{"count":0,"data":[],"error":""}'}
    planned = []
    with pytest.raises(Refused, match="availability-RUS-A: getDa lists no period for this reporter"):
        for request in connector.requests(SCOPE, answers):
            planned.append(request.name)
    assert planned == ["annual-CHN-2023-M", "annual-CHN-2023-X", "chapters-CHN-RUS-2023"]


def availability(**years: list[int]) -> dict[str, bytes]:
    """Return getDa's answer about each reporter's years."""
    row = {"lastReleased": "2026-01-01T00:00:00", "datasetChecksum": 1, "totalRecords": 2}
    return {
        f"availability-{country}-A": json.dumps({"data": [{"period": str(y), **row} for y in listed], "error": ""}).encode()
        for country, listed in years.items()
    }


@pytest.mark.parametrize(
    ("listed", "reporter"),
    [
        ({"CHN": [2022, 2023], "USA": [2022, 2023]}, "CHN"),
        ({"CHN": [2022, 2023], "USA": [2022, 2023, 2024]}, "CHN"),
        ({"CHN": [2021], "USA": [2021, 2022, 2023, 2024]}, "USA"),
        ({"CHN": [2022, 2023]}, None),
        ({"USA": [2022, 2023]}, None),
    ],
)
def test_one_side_reports_the_chapters_of_all_years(listed, reporter):
    requests = CONNECTORS["un_comtrade"].requests(SCOPE._replace(dyads=("CHN-USA",)), availability(**listed))
    chapters = [r.name for r in requests if r.name.startswith("chapters")]
    assert {name.split("-")[1] for name in chapters} == ({reporter} if reporter else set())


@pytest.mark.parametrize(("today", "indexes"), [("2027-01-05", ["index", "index-2026"]), ("2026-11-24", ["index"])])
def test_customs_december_is_asked_for_in_january(today, indexes, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat(f"{today}T06:00:00+00:00"))
    connector = CONNECTORS["gacc_country_table"]
    asked = connector.detectors(SCOPE)
    assert [r.name for r in asked] == indexes and all(r.url.endswith(("monthly.html", "monthly2026.html")) for r in asked)
    page = '<html><option value="2027"><tr><td>Imports and Exports by Country</td><td>{}</td></tr></html>'
    new, old = page.format("<span>Jan.</span>"), page.format("<a href=http://english.customs.gov.cn/Statics/x.html>Dec.</a>")
    answers = {"index": new.encode(), "index-2026": old.encode()}
    assert [r.name for r in connector.requests(SCOPE, answers)] == ["month-2026-12"]


def test_customs_pages_that_are_cut_or_rename_the_partners_are_refused(honest):
    request, body = honest["gacc_country_table"]
    for bad, message in (
        (body[: body.index(b"India")], "no closing </html>"),
        (body.replace(b"Russia", b"Rossiya"), "account for 0 of 18,000,509"),
    ):
        with pytest.raises(Refused, match=message):
            parse_answer(CONNECTORS["gacc_country_table"], request, bad)
    renamed = parse_answer(CONNECTORS["gacc_country_table"], request, body.replace(b"Russia", b"Russian Federation")).rows
    assert "RUS" in set(renamed["partner_iso3"])


def test_a_name_is_known_in_every_spelling():
    known = {name: countries.by_name(other, "1980-01-01") for name, others in countries.SPELLINGS.items() for other in others}
    assert None not in known.values()
    spellings = {
        "TWN": ["Taiwan,China", "TAIWAN, CHINA", " Taiwan ,China"], "CIV": ["Côte d’Ivoire", "Cote D'Ivoire"], "ATG": ["Antigua & Barbuda"],
        "TUR": ["Turkiye", "Turkey", "TÜRKİYE"], "DEU": ["Federal Republic of Germany"], "LCA": ["St. Lucia"], "COD": ["Congo - Kinshasa"],
    }  # fmt: skip
    assert {(iso3, name): countries.by_name(name, "1985-01-01") for iso3, names in spellings.items() for name in names} == {
        (iso3, name): iso3 for iso3, names in spellings.items() for name in names
    }
    assert countries.by_name("Europe", "1985-01-01") is None


IMF = "DATAFLOW,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE\n"


def imf_table(*rows: tuple[str, str, int]) -> Parsed:
    lines = [f"IMF.STA:IMTS(1.0.0),CHN,{flow},{partner},A,1985,{value}" for flow, partner, value in rows]
    request = Request("annual-CHN", "u", kind="trade_flow")
    return parse_answer(CONNECTORS["imf_imts"], request, (IMF + "\n".join(lines) + "\n").encode())


IMF_TOTALS = (("XG_FOB_USD", "G001", 27_350_000_000), ("MG_CIF_USD", "G001", 42_252_000_000))


@pytest.mark.parametrize("group", ["G998", "GX170", "GX901", "TX898", "W00", "U002", "G1515", "G92031", "GASEAN", "GSAC", "1C_080"])
def test_an_imf_group_of_countries_is_no_partner(group):
    parsed = imf_table(*IMF_TOTALS, ("XG_FOB_USD", "USA", 2_336_000_000), ("XG_FOB_USD", group, 9_000_000_000))
    assert set(parsed.rows["partner_iso3"]) == {"WLD", "USA"}
    assert parsed.notes == ("partners left out as groups of countries: 1",)


def test_imf_groups_of_countries_are_counted_once_each():
    rows = [(flow, group, 9_000) for flow in ("XG_FOB_USD", "MG_CIF_USD") for group in ("U002", "G998", "TX898")]
    assert imf_table(*IMF_TOTALS, *rows).notes == ("partners left out as groups of countries: 3",)
    assert imf_table(*IMF_TOTALS).notes == ()


def test_an_imf_code_of_the_past_is_its_state():
    rows = imf_table(*IMF_TOTALS, ("XG_FOB_USD", "YAR", 90_000_000)).rows
    assert rows.set_index("partner_iso3")["value"]["YEM"] == 90_000_000


def test_an_unknown_imf_code_costs_itself_alone_if_it_is_small():
    parsed = imf_table(*IMF_TOTALS, ("XG_FOB_USD", "USA", 2_336_000_000), ("XG_FOB_USD", "QQQ", 90_000_000))
    assert len(parsed.rows) == 3 and parsed.notes[0].endswith(": QQQ (90,000,000)")
    with pytest.raises(Refused, match="line 4: imf code QQQ is unknown, which leaves 900,000,000 of 27,350,000,000 US dollars unexplained"):
        imf_table(*IMF_TOTALS, ("XG_FOB_USD", "QQQ", 900_000_000))


@pytest.mark.parametrize(
    ("year", "codes", "iso3"), [(2010, [530], "ANT"), (2011, [736], "SDN"), (2011, [736, 729], "SDN"), (2006, [891], "SCG")]
)
def test_a_comtrade_code_that_ended_in_the_year_is_read(year, codes, iso3):
    asked = ANNUAL._replace(params={**ANNUAL.params, "period": str(year)})
    given = [row(period=str(year), refYear=year, partnerCode=code, primaryValue=5e6) for code in (0, *codes)]
    rows = comtrade(given, asked).rows
    assert rows.set_index("partner_iso3")["value"].to_dict() == {"WLD": 5e6, iso3: 5e6 * len(codes)}


CUSTOMS = """<html><body><table>
<tr><td>(2) Imports and Exports by Country (Region) of Origin/Destination{heading}</td></tr>{unit}
<tr><td>TOTAL</td>{total}</tr><tr><td>{name}</td>{part}</tr><tr><td>United States</td>{rest}</tr></table></body></html>"""


def customs(heading: str = ",9.2024", unit: str = "Unit:US$1,000", name: str = "Russia") -> Parsed:
    def figures(exports: int, imports: int) -> str:
        return "".join(f"<td>{v:,}&nbsp;</td>" for v in (exports + imports,) * 2 + (exports,) * 2 + (imports,) * 2) + "<td>1.0</td>" * 3

    unit_row = f"<tr><td>{unit}</td></tr>" if unit else ""
    page = CUSTOMS.format(heading=heading, unit=unit_row, name=name, total=figures(310, 190), part=figures(30, 20), rest=figures(280, 170))
    return parse_answer(CONNECTORS["gacc_country_table"], Request("month-2024-09", "u", expects="html", kind="trade_flow"), page.encode())


@pytest.mark.parametrize("heading", [",9.2024", ", 9. 2024", ",9 .2024", "，09.2024"])
@pytest.mark.parametrize("unit", ["Unit:US$1,000", "Unit: US$ 1 000", "Unit：USD1,000", "Unit US$1000", ""])
def test_customs_may_set_blanks_where_they_like(heading, unit):
    parsed = customs(heading, unit)
    assert (parsed.rows["value"].max(), len(parsed.notes)) == (500, 0 if unit else 1)


@pytest.mark.parametrize("unit", ["Unit:RMB10,000", "Unit:US$10,000", "Unit:US$1,000,000", "Unit: CNY 1,000"])
def test_customs_in_another_unit_are_refused(unit):
    with pytest.raises(Refused, match="the unit is not US"):
        customs(unit=unit)


def test_no_partner_vanishes_from_customs(honest):
    assert "TWN" in set(customs(name="Taiwan,China").rows["partner_iso3"])
    with pytest.raises(Refused, match="account for 450 of 500; add names to SPELLINGS in .*: Taipei"):
        customs(name="Taipei")
    request, body = honest["gacc_country_table"]
    refused = {
        "a row that is missing": (rb"<tr><td><p>Ruritania.*?</tr>", b"", "monthly total: the partners add up to 18,000,500, not to the total of 18,000,509"),
        "a row of nine cells": (rb"(<tr><td><p>Ruritania)</p></td><td>", rb"\1", "the partners add up to 18,000,500"),
        "a row counted twice": (rb"(<tr><td><p>Ruritania.*?</tr>)", rb"\1" * 9, "the partners add up to 18,000,581"),
        "a large figure shown as #": (rb"<p>18,000,500", b"<p>#######", r"account for 0 of 18,000,509; add names to SPELLINGS in .* wait for .*: Ruritania, RUS \(shown as #\)"),
    }  # fmt: skip
    for pattern, with_, message in refused.values():
        assert (bad := re.sub(pattern, with_, body)) != body
        with pytest.raises(Refused, match=message):
            parse_answer(CONNECTORS["gacc_country_table"], request, bad)
    hidden_total = parse_answer(CONNECTORS["gacc_country_table"], request, body.replace(b"36,000,018", b"#"))
    assert len(hidden_total.rows) == 10 and "of WLD, IND" in hidden_total.notes[1]


MME_HEADER = (
    "MMEID,Ex_Name,Series_Name,Location,lat,lon,StartDate,s.year,s.month,s.day,EndDate,e.year,e.month,e.day,CPX,Air,Land,Sea,"
    "FocusDescription,StateA,StateB,StateC\n"
)


def mme(*states: str) -> Parsed:
    return mme_lines(*(mme_line(f"mme{n}", states=of) for n, of in enumerate(states)))


def mme_line(
    mme_id: str = "mme0", start: str = "1984,5,1", end: str = "1984,5,9", point: str = "38,26", states: str = "Italy,Spain,"
) -> str:
    return f"{mme_id},A,,Aegean,{point},x,{start},x,{end},0,0,0,1,x,{states}\n"


def mme_lines(*lines: str) -> Parsed:
    text = MME_HEADER + "".join(lines)
    return parse_answer(CONNECTORS["mme_exercises"], Request("mme-v7", "u", expects="csv", kind="exercise"), text.encode())


def test_exercises_name_states_in_other_spellings():
    parsed = mme("Turkey,United States,", "Federal Republic of Germany,United States,", "United States,,", "Utopia,United States,")
    assert list(parsed.rows["participants"]) == ["TUR;USA", "DEU;USA"]
    assert [note.split(":")[0] for note in parsed.notes] == [
        "1 exercise skipped, with fewer than two named states", "exercises skipped for names that are not in the reference table"
    ] and parsed.notes[1].endswith("Utopia (1)")  # fmt: skip


def test_an_exercise_of_a_state_that_did_not_exist_is_skipped():
    lines = [
        mme_line("mme2457", "2004,5,17", "2004,5,18", states="Romania,Yugoslavia,"),
        mme_line("mme1", "2005,5,1", "2005,5,9", states="Soviet Union,Mongolia,"),
        mme_line("mme2", "1999,5,1", "1999,5,9", states="East Germany,Poland,"),
        mme_line("mme4", "1985,xx,xx", "1985,xx,xx", states="Russia,East Germany,"),
    ]
    parsed = mme_lines(*lines)
    assert list(parsed.rows["participants"]) == ["ROU;SCG", "DDR;SUN"]
    assert parsed.notes == ("exercises skipped for states that did not exist when they began: Soviet Union (1), East Germany (1)",)


def test_an_exercise_under_the_id_of_another_is_kept():
    izmir, zeeland = mme_line("mme3457", "2007,5,xx", "2007,5,xx"), mme_line("mme3457", "1996,9,30", "1996,10,5")
    parsed = mme_lines(izmir, zeeland, mme_line("mme1"), izmir)
    assert dict(zip(parsed.rows["exercise_id"], parsed.rows["start_date"], strict=True)) == {
        "mme3457": "2007-05-01", "mme3457-2": "1996-09-30", "mme1": "1984-05-01"
    }  # fmt: skip
    assert parsed.notes == (
        "1 exercise kept under a new id, since an earlier line has another exercise with the same id: mme3457 on line 3",
        "1 exercise skipped, repeating an earlier line: mme3457 on line 5",
    )


@pytest.mark.parametrize(
    ("start", "end", "end_date", "note"),
    [
        ("1982,11,11", "1982,11,10", None, "1 end date left out, being before the start: mme0 on line 2"),
        ("2000,4,24", "2000,1,xx", None, "1 end date left out, being less precise than the start: mme0 on line 2"),
        ("2005,8,18", "2005,9,xx", None, "1 end date left out, being less precise than the start: mme0 on line 2"),
        ("2005,8,xx", "2005,9,3", "2005-09-03", None),
        ("2005,8,xx", "2005,8,xx", "2005-08-01", None),
        ("2005,8,18", "-9,-9,-9", None, None),
    ],
)
def test_an_end_left_out_is_noted(start, end, end_date, note):
    parsed = mme_lines(mme_line(start=start, end=end))
    assert (list(parsed.rows["end_date"].fillna("")), parsed.notes) == ([end_date or ""], (note,) if note else ())


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"start": "1984,May,1"}, "line 3: s.month: 'May' is not a number"),
        ({"end": "1984,5,9th"}, "line 3: e.day: '9th' is not a number"),
        ({"point": "38N,26"}, "line 3: lat: '38N' is not a number"),
        ({"start": "1984,5,40"}, "mme-v7:3"),
    ],
)
def test_a_wrong_value_of_an_exercise_names_its_line(changed, problem):
    with pytest.raises(Refused, match=problem):
        mme_lines(mme_line(), mme_line("mme1", **changed))


def test_an_empty_line_is_no_record(honest):
    for source in ("un_sc_vetoes", "undl_sc_votes", "imf_imts"):
        request, body = honest[source]
        if request.expects == "csv":
            connector = CONNECTORS[source]
            assert len(parse_answer(connector, request, body + b"\n\r\n").rows) == len(parse_answer(connector, request, body).rows)


def test_an_imf_table_without_its_total_is_cut(honest):
    _, body = honest["imf_imts"]
    asked = Request("annual-CHN", "u", kind="trade_flow")
    lines = [line for line in body.decode().splitlines() if ",G001," not in line]
    with pytest.raises(Refused, match="no total of all partners"):
        parse_answer(CONNECTORS["imf_imts"], asked, ("\n".join(lines) + "\n").encode())


def test_observers_are_no_members(honest):
    request, body = honest["wikidata_memberships"]
    rows = parse_answer(CONNECTORS["wikidata_memberships"], request, body).rows
    assert set(rows[rows["bloc"] == "SCO"]["iso3"]) == {"CHN", "RUS", "XKX", "KAZ"}
    query = request.params["query"]
    assert [word for word in ("p:P463", "p:P527", "pq:P2868|pq:P3831") if word not in query] == []


def test_the_query_for_members_selects_the_columns_that_are_parsed(honest):
    request, body = honest["wikidata_memberships"]
    select, where = request.params["query"].split(" WHERE ")
    assert select.split()[1:] == [f"?{name}" for name in json.loads(body)["head"]["vars"]]
    assert [name for name in select.split()[1:] if name.removesuffix("Label") not in where] == []


def test_the_members_of_an_answer_without_the_precision_of_ends_are_read_without_ends(honest):
    request, body = honest["wikidata_memberships"]
    answer = json.loads(body)
    answer["head"]["vars"].remove("endPrecision")
    answer["results"]["bindings"][0] |= {"end": {"value": "2024-01-01T00:00:00Z"}}
    parsed = parse_answer(CONNECTORS["wikidata_memberships"], request, json.dumps(answer).encode())
    assert parsed.rows["end_date"].isna().all() and (len(parsed.rows), parsed.notes) == (9, ())


def test_the_newest_votes_file_is_chosen_by_its_date_not_its_text():
    connector = CONNECTORS["undl_sc_votes"]
    names = ["2025_11_25_sc_voting.csv", "2025_7_21_sc_voting.csv", "2025_9_1_sc_voting_md.md"]
    body = json.dumps([{"url": f"https://digitallibrary.un.org/{name}"} for name in names]).encode()
    (request,) = connector.requests(SCOPE, {"files": body})
    assert request.url.endswith("2025_11_25_sc_voting.csv") and request.signature == "2025-11-25"


def test_a_parser_that_stumbles_is_a_refusal():
    def stumble(body, request):
        raise KeyError("data")

    with pytest.raises(Refused, match="an unexpected structure"):
        parse_answer(SimpleNamespace(source="s", parse=stumble, publisher=Publisher(0, 1)), Request("x", "u", kind="veto"), b"")
