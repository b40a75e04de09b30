"""Test the live refresh from publishers on loopback to the sources that the warehouse reads."""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from schemas.errors import Refused, Unusable
from sources import snapshot
from sources.connector import connectors
from sources.live import answers, clock, parsing, vintages
from sources.live import refresh as live
from sources.live.live_snapshots import materialise
from sources.live.restore import stored_files
from tests.campaigns import kill as harness
from tests.support import publishers as fault
from warehouse.build import catalog

ALL = [c.source for c in connectors()]


@pytest.fixture
def day(monkeypatch):
    """Set the clock: `day("2026-11-24")`."""

    def set_day(text: str) -> None:
        at = dt.datetime.fromisoformat(f"{text}T06:00:00+00:00")
        monkeypatch.setattr(clock, "now", lambda: at)

    set_day("2026-11-24")
    return set_day


def refresh(home: Path, *only: str, **more) -> dict[str, live.Outcome]:
    return {o.source: o for o in live.refresh_live(home, fault.SCOPE, only=only or None, log=lambda line: None, **more)}


def rows(home: Path, source: str, kind: str) -> pd.DataFrame:
    """Return the live rows of a source, as the warehouse will read them."""
    files = [f for s in snapshot.sources(home=home) if s.name == source for f in s.files if f.kind == kind and f.name.startswith("live/")]
    return pd.concat([snapshot.read(f) for f in files], ignore_index=True) if files else pd.DataFrame()


def test_every_source_is_fetched_and_becomes_snapshots(world, tmp_path, day):
    outcomes = refresh(tmp_path, *ALL)
    assert {o.status for o in outcomes.values()} == {"fetched"}, outcomes
    kinds = {(s.name, f.kind) for s in snapshot.sources(home=tmp_path) for f in s.files if f.name.startswith("live/")}
    assert kinds == {
        *((source, "documents") for source in ALL if source not in ("cepii_baci", "wikidata_memberships")),
        ("gacc_country_table", "trade_flow"), ("imf_imts", "trade_flow"), ("mme_exercises", "exercise"), ("un_comtrade", "trade_flow"),
        ("un_comtrade", "trade_by_product"), ("un_sc_vetoes", "veto"), ("undl_sc_votes", "resolution_vote"),
        ("undl_ga_votes", "assembly_vote"),
        ("world_bank_wdi", "economy_indicator"),
    }  # fmt: skip
    assert answers.verify(tmp_path) == []


def test_optional_sources_are_asked_only_by_name(world, tmp_path, day):
    assert sorted(refresh(tmp_path)) == sorted(set(ALL) - {"cepii_baci", "gacc_country_table", "mme_exercises"})


def test_nothing_changed_asks_only_the_detectors(world, tmp_path, day):
    refresh(tmp_path, *ALL)
    before = {path: path.read_bytes() for path in tmp_path.rglob("live/**/*") if path.is_file()}
    objects = sorted(tmp_path.rglob("objects/*/*"))
    world.requests.clear()
    day("2026-11-25")
    outcomes = refresh(tmp_path, *ALL)
    assert {o.status for o in outcomes.values()} == {"unchanged"}
    # without a detector of the publisher's own, the answer is its own detector
    own = [a for a in world.requests if a.source not in ("imf_imts", "wikidata_memberships", "un_sc_vetoes", "gacc_country_table")]
    assert len(own) == 4 + 1 + 1 + 2  # getDa, the file lists of both bodies, lastupdated and the economies
    assert {path: path.read_bytes() for path in tmp_path.rglob("live/**/*") if path.is_file()} == before
    assert sorted(tmp_path.rglob("objects/*/*")) == objects


def test_an_answer_is_parsed_and_validated_once_a_refresh(world, tmp_path, day, monkeypatch):
    """Whether it is new, compared with the one before, or only still standing."""
    parsed: Counter = Counter()
    validated: Counter = Counter()
    parse, check = parsing.parse_answer, vintages.validate_rows

    def counting(connector, request, body):
        parsed[connector.source, request.name, hashlib.sha256(body).hexdigest()] += 1
        return parse(connector, request, body)

    def checking(kind, rows, where):
        validated[where] += 1
        return check(kind, rows, where)

    monkeypatch.setattr(parsing, "parse_answer", counting)
    monkeypatch.setattr(vintages, "validate_rows", checking)
    sources = ("world_bank_wdi", "un_sc_vetoes", "imf_imts")
    for today, revised in (("2026-11-24", False), ("2026-11-25", False), ("2026-12-01", True)):
        day(today)
        if revised:
            world.updated, world.wdi["CHN", 2023, "NY.GDP.MKTP.KD.ZG"] = "2026-11-30", 6.5
        parsed.clear()
        validated.clear()
        outcomes = refresh(tmp_path, *sources)
        assert outcomes["world_bank_wdi"].status == ("unchanged" if today == "2026-11-25" else "fetched")
        names = {f"{source}: {name}" for source, name, _ in parsed}
        assert set(parsed.values()) == {1} and len(names) == 14, parsed
        assert {where: n for where, n in validated.items() if where in names and n > 1} == (
            {where: 2 for where in names if where.startswith("world_bank_wdi")} if revised else {}
        ), "a new answer and the one before it"


def test_conditional_requests_spare_the_download(world, tmp_path, day):
    refresh(tmp_path, "un_sc_vetoes")
    world.requests.clear()
    assert refresh(tmp_path, "un_sc_vetoes")["un_sc_vetoes"].status == "unchanged"
    assert {"if-none-match" in asked.headers for asked in world.requests} == {True}


def test_a_revision_is_a_vintage_and_only_what_changed_is_fetched(world, tmp_path, day):
    before = world.wdi["CHN", 2023, "NY.GDP.MKTP.KD.ZG"]
    refresh(tmp_path, "world_bank_wdi")
    day("2026-12-01")
    world.updated = "2026-11-30"
    world.wdi["CHN", 2023, "NY.GDP.MKTP.KD.ZG"] = 6.5
    refresh(tmp_path, "world_bank_wdi")
    growth = rows(tmp_path, "world_bank_wdi", "economy_indicator").query(
        "iso3 == 'CHN' and year == '2023' and indicator == 'gdp_growth_pct'"
    )
    documents = rows(tmp_path, "world_bank_wdi", "documents").set_index("document")
    assert list(zip(growth["value"], documents.loc[growth["document"], "published_on"], strict=True)) == [
        (str(before), "2026-07-13"), ("6.5", "2026-11-30"),
    ]  # fmt: skip
    second = tmp_path / "live/world_bank_wdi/2026-12-01/economy_indicator.csv"
    assert len(second.read_text().splitlines()) == 2, "an unchanged figure stays known since its first day"


def test_a_revision_never_predates_what_it_revises(world, tmp_path, day):
    world.updated = "2020-01-01"
    refresh(tmp_path, "world_bank_wdi")
    assert set(rows(tmp_path, "world_bank_wdi", "documents")["published_on"]) == {"2026-11-24"}


def test_what_a_change_detector_said_is_kept_when_something_rests_on_it(world, tmp_path, day):
    kept = lambda: [row.request.name for row in answers.manifest(tmp_path) if row.request.is_detector and row.sha256]  # noqa: E731
    for _ in range(2):
        refresh(tmp_path, "un_comtrade", "world_bank_wdi")
        assert sorted(kept()) == [
            "availability-CHN-A",
            "availability-CHN-M",
            "availability-RUS-A",
            "availability-RUS-M",
            "economies",
            "lastupdated",
        ]
    world.updated = "2026-11-20"
    refresh(tmp_path, "un_comtrade", "world_bank_wdi")
    assert kept().count("lastupdated") == 2 and len(kept()) == 7 and answers.verify(tmp_path) == []


def test_every_refused_answer_is_kept(world, tmp_path, day):
    for letter in (b"x", b"y", b"y"):
        world.faults["undl_sc_votes"] = [lambda handler, reply: handler.reply(reply), fault.body(b"no votes " + letter + b"\n", "text/csv")]
        refresh(tmp_path, "undl_sc_votes")
    assert len(list(tmp_path.glob("snapshots/rejected/undl_sc_votes-sc-votes-*"))) == 2


@pytest.mark.campaign
def test_answers_that_still_stand_or_cannot_be_used_are_not_left_on_their_way(world, tmp_path, day):
    for _ in range(2):
        outcomes = refresh(tmp_path)
    assert {o.status for o in outcomes.values()} == {"unchanged"}
    world.faults["undl_sc_votes"] = [lambda handler, reply: handler.reply(reply), fault.body(b"no votes\n", "text/csv")]
    refresh(tmp_path)
    assert list(answers.incoming(tmp_path).glob("*")) == []


def test_what_a_killed_run_left_on_its_way_is_removed(world, tmp_path, day):
    answers.incoming(tmp_path).mkdir(parents=True)
    (answers.incoming(tmp_path) / "half").write_bytes(b"[")
    refresh(tmp_path, "world_bank_wdi")
    assert list(answers.incoming(tmp_path).glob("*")) == []


def test_comtrade_fetches_only_the_released_period_and_writes_its_table_whole(world, tmp_path, day):
    refresh(tmp_path, "un_comtrade")
    world.requests.clear()
    day("2026-12-01")
    world.released["156", "2023"] = "2026-11-30T00:00:00"
    world.trade_factor["156", "2023"] = 1.2
    outcome = refresh(tmp_path, "un_comtrade")["un_comtrade"]
    assert outcome.message == "3 of 26 answers are new"
    assert [a.query.get("period") for a in world.requests[4:]] == ["2023"] * 3
    table = pd.read_csv(tmp_path / "live/un_comtrade/2026-12-01/trade_flow.csv")
    assert sorted(set(table["document"])) == ["annual-CHN-2023-M@2026-12-01", "annual-CHN-2023-X@2026-12-01"]
    assert sorted(table[table["flow"] == "import"]["partner_iso3"]) == ["IND", "RUS", "TWN", "USA", "WLD"]


def test_a_partner_that_is_missing_is_withdrawn_with_its_table_and_comes_back_with_it(world, tmp_path, day):
    listed = []
    for today, partners in (
        ("2026-11-24", world.partners),
        ("2026-12-01", world.partners[:4] + world.partners[5:]),
        ("2026-12-05", world.partners),
    ):
        day(today)
        world.released["156", "2023"], world.partners = f"{today}T00:00:00", partners
        notes = refresh(tmp_path, "un_comtrade", accept=["un_comtrade"])["un_comtrade"].notes
        assert any("2023-01-01 CHN IND import False: no longer listed" in note for note in notes) == (today == "2026-12-01"), notes
        table = pd.read_csv(tmp_path / f"live/un_comtrade/{today}/trade_flow.csv").query("flow == 'import' and period == '2023-01-01'")
        listed.append(sorted(table[table["frequency"] == "annual"]["partner_iso3"]))
    assert listed[1] == ["RUS", "TWN", "USA", "WLD"] and listed[2] == ["IND", "RUS", "TWN", "USA", "WLD"]


def test_coverage_grows_with_the_live_rows(world, tmp_path, day):
    refresh(tmp_path, "un_sc_vetoes", "imf_imts")
    last = {s.name: catalog.covered(s)[1] for s in snapshot.sources(home=tmp_path)}
    assert last["un_sc_vetoes"] == dt.date(2026, 10, 20)
    assert last["imf_imts"] == dt.date(2024, 12, 31)
    assert "imf_imts" not in {s.name for s in snapshot.sources()}, "without figures it is no source of a release"


def test_events_are_added_after_the_list_and_compared_within_it(world, tmp_path, day):
    world.vetoes[0] = world.vetoes[0].replace(",2,1,1,0,0,0,", ",1,0,1,0,0,0,")
    outcome = refresh(tmp_path, "un_sc_vetoes")["un_sc_vetoes"]
    assert list(rows(tmp_path, "un_sc_vetoes", "veto")["draft_symbol"]) == ["S/2026/801"]
    assert any("veto: S/2024/239: vetoed_by is RUS, the bundled list has CHN;RUS" in note for note in outcome.notes)


def test_a_check_warns_and_changes_nothing(world, tmp_path, day):
    outcome = refresh(tmp_path, "wikidata_memberships")["wikidata_memberships"]
    assert any("SCO XKX member: not in the bundled list" in note for note in outcome.notes)
    assert any("more differences" in note for note in outcome.notes)
    assert refresh(tmp_path, "wikidata_memberships")["wikidata_memberships"].notes == outcome.notes, "as long as it stands"
    assert not any(s.name == "wikidata_memberships" for s in snapshot.sources(home=tmp_path))


def test_a_check_that_fails_leaves_its_source_as_it_is(world, tmp_path, day):
    honest = lambda handler, reply: handler.reply(reply)  # noqa: E731
    world.faults["un_sc_vetoes"] = [honest, fault.changed(lambda page: page.replace(b"China<br>", b"China*<br>"))]
    outcome = refresh(tmp_path, "un_sc_vetoes")["un_sc_vetoes"]
    assert outcome.status == "fetched" and any("library-list" in note and "China*" in note for note in outcome.notes), outcome


def test_a_source_that_fails_keeps_its_snapshot_and_the_others_go_on(world, tmp_path, day):
    refresh(tmp_path, "world_bank_wdi", "imf_imts")
    before = rows(tmp_path, "imf_imts", "trade_flow")
    day("2026-12-05")
    world.faults["imf_imts"] = [fault.html_challenge] * 4
    outcomes = refresh(tmp_path, "world_bank_wdi", "imf_imts")
    assert outcomes["imf_imts"].status == "failed" and outcomes["imf_imts"].stale_since == "2026-11-24"
    assert outcomes["world_bank_wdi"].status == "unchanged"
    assert rows(tmp_path, "imf_imts", "trade_flow").equals(before)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (fault.body(b'{"data":[{"period":"2023"}],"error":""}'), "KeyError: 'lastReleased'"),
        (fault.body(b'{"data":[{"per'), "the JSON is truncated or damaged"),
        (fault.body(b"[1]"), "the JSON has no list `data`"),
        (fault.status(403, b'{"message":"Out of call volume quota. Quota will be replenished in 03:14:17."}'), "run again after"),
        (fault.html_challenge, "web page instead of json"),
    ],
)
def test_a_change_detector_that_lies_ends_its_source_only(bad, message, world, tmp_path, day):
    world.faults["un_comtrade"] = [bad] * 4
    outcomes = refresh(tmp_path, "un_comtrade", "world_bank_wdi")
    assert outcomes["un_comtrade"].status == "failed" and message in outcomes["un_comtrade"].message
    assert outcomes["un_comtrade"].message.startswith("un_comtrade: ")
    assert outcomes["world_bank_wdi"].status == "fetched"
    assert not any("/preview/" in asked.path for asked in world.requests)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace(b",CHN,MG_CIF_USD", b",CHN,MG_CIF_USD,", 1), "cells, but the header has"),
        (lambda text: b"\n".join(text.split(b"\n")[: len(text.split(b"\n")) // 2]) + b"\n", "no total of all partners"),
        (lambda text: b"\n".join(line for line in text.split(b"\n") if b",USA," not in line), "coverage shrank"),
        (lambda text: text.replace(b"OBS_VALUE", b"VALUE"), "column OBS_VALUE is missing (new: VALUE)"),
        (lambda text: re.sub(rb"\d\d\d(,6,)", rb"\1", text), "magnitude jumped"),
        (lambda text: text[:-4], "the last line is incomplete"),
    ],
)
def test_an_answer_that_cannot_be_believed_is_put_aside(change, message, world, tmp_path, day):
    refresh(tmp_path, "imf_imts")
    day("2026-12-05")
    world.imf_factor = 1.1
    world.faults["imf_imts"] = [fault.changed(change)]
    outcome = refresh(tmp_path, "imf_imts")["imf_imts"]
    assert outcome.status == "failed" and message in outcome.message and outcome.message.startswith("imf_imts: ")
    assert not any(r.request.name == "annual-CHN" and r.day == "2026-12-05" for r in answers.manifest(tmp_path, "imf_imts"))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("source", ["imf_imts", "world_bank_wdi", "un_comtrade"])
def test_years_that_a_run_leaves_out_are_not_missed(source, world, tmp_path, day):
    """The default years move every January, and a run from an early year is followed by one from the default."""
    for first, last in ((2020, 2022), (2020, 2024), (2022, 2024), (2024, 2024)):
        world.updated = f"2026-11-{last - first + 1:02}"
        scope = fault.SCOPE._replace(first_year=first, last_year=last)
        (outcome,) = live.refresh_live(tmp_path, scope, only=[source], log=lambda line: None)
        assert outcome.status != "failed", outcome


def test_a_pair_that_a_publisher_has_no_code_for_ends_its_source_only(world, tmp_path, day):
    scope = fault.SCOPE._replace(dyads=("CHN-SUN",))
    outcomes = live.refresh_live(tmp_path, scope, only=["un_comtrade", "un_sc_vetoes"], log=lambda line: None)
    status = {o.source: o.status for o in outcomes}
    assert status == {"un_comtrade": "failed", "un_sc_vetoes": "fetched"}


def test_a_source_that_breaks_in_an_unforeseen_way_ends_alone(world, tmp_path, day, monkeypatch):
    def break_down(home, connector, *more):
        if connector.source == "world_bank_wdi":
            raise RecursionError("maximum depth")
        return materialise(home, connector, *more)

    monkeypatch.setattr(live, "materialise", break_down)
    outcomes = refresh(tmp_path, "un_sc_vetoes", "world_bank_wdi")
    assert outcomes["world_bank_wdi"].message.startswith("world_bank_wdi: RecursionError")
    assert outcomes["un_sc_vetoes"].status == "fetched"


def test_the_unit_of_a_first_answer_is_measured_by_the_bundled_source(world, tmp_path, day):
    world.imf_factor = 1e-6
    outcome = refresh(tmp_path, "imf_imts")["imf_imts"]
    assert outcome.status == "failed" and "magnitude jumped" in outcome.message


def test_a_jump_passes_when_a_person_accepts_it(world, tmp_path, day):
    refresh(tmp_path, "imf_imts")
    day("2026-12-05")
    world.imf_factor = 0.001
    assert "--accept-revision" in refresh(tmp_path, "imf_imts")["imf_imts"].message
    assert refresh(tmp_path, "imf_imts", accept=["imf_imts"])["imf_imts"].status == "fetched"


def test_reordered_and_new_columns_are_read_and_reported(world, tmp_path, day):
    def reorder(text: bytes) -> bytes:
        lines = [line.split(b",") for line in text.decode("utf-8-sig").encode().splitlines()]
        return b"".join(b",".join([*reversed(cells), b"new" if n == 0 else b"x"]) + b"\n" for n, cells in enumerate(lines))

    world.faults["imf_imts"] = [fault.changed(reorder)]
    outcome = refresh(tmp_path, "imf_imts")["imf_imts"]
    assert outcome.status == "fetched" and "annual-CHN: new column new, not read" in outcome.notes


@pytest.mark.campaign
def test_live_snapshots_come_back_with_the_same_bytes(world, tmp_path, day):
    refresh(tmp_path, *ALL)
    day("2026-12-01")
    world.updated = "2026-11-30"
    world.wdi["CHN", 2023, "NY.GDP.MKTP.KD.ZG"] = 6.5
    refresh(tmp_path, *ALL)
    before = {path: path.read_bytes() for path in (tmp_path / "live").rglob("*") if path.is_file()}
    shutil.rmtree(tmp_path / "live")
    for connector in connectors():
        materialise(tmp_path, connector)
    assert {path: path.read_bytes() for path in (tmp_path / "live").rglob("*") if path.is_file()} == before
    manifest = {f.name: f.sha256 for s in snapshot.sources(home=tmp_path) for f in s.files}
    shutil.rmtree(tmp_path / "live")
    again = {f.name: f.path.read_bytes() for s in ALL for f in stored_files(tmp_path, s, manifest)}
    assert again == {str(path.relative_to(tmp_path)): data for path, data in before.items() if path.suffix == ".csv"}


@pytest.mark.parametrize("step", [19, pytest.param(1, marks=pytest.mark.campaign)])
def test_days_that_a_killed_run_was_writing_are_finished_by_the_next(step, world, tmp_path, day, monkeypatch):
    """Killed at every call that changes a file while all days are written again, or at every nineteenth."""
    monkeypatch.setenv("DYAD_HOME", str(tmp_path))
    refresh(tmp_path, "world_bank_wdi")
    day("2026-12-01")
    world.updated, world.wdi["CHN", 2023, "NY.GDP.MKTP.KD.ZG"] = "2026-11-30", 6.5
    refresh(tmp_path, "world_bank_wdi")
    home, (connector,) = tmp_path / "home", [c for c in connectors() if c.source == "world_bank_wdi"]

    def files() -> dict[str, bytes]:
        return {str(p.relative_to(home)): p.read_bytes() for p in (home / "live").rglob("*") if p.is_file()}

    shutil.copytree(tmp_path / "live", home / "live")
    shutil.copytree(tmp_path / "snapshots", home / "snapshots")
    whole, kills, code = files(), 1 - step, -signal.SIGKILL
    while code == -signal.SIGKILL:
        kills += step
        first = min((home / "live" / "world_bank_wdi").glob("????-*"))
        (first / "BODIES").write_text("made of something else")
        code = harness.child(lambda n=kills: (harness.at_nth(n, harness.die), materialise(home, connector)))
        live.finish(home)
        materialise(home, connector)
        assert files() == whole and answers.verify(home) == []
    assert code == 0 and kills > 15


def test_several_answers_of_a_day_make_one_vintage_the_last(world, tmp_path, day):
    refresh(tmp_path, "world_bank_wdi")
    for updated, value in (("2026-11-20", 6.5), ("2026-11-22", 6.7)):
        world.updated, world.wdi["CHN", 2023, "NY.GDP.MKTP.KD.ZG"] = updated, value
        refresh(tmp_path, "world_bank_wdi")
    growth = rows(tmp_path, "world_bank_wdi", "economy_indicator").query(
        "iso3 == 'CHN' and year == '2023' and indicator == 'gdp_growth_pct'"
    )
    assert list(growth["value"]) == ["6.7"]


@pytest.mark.parametrize("every", [120, pytest.param(60, marks=pytest.mark.campaign)])
def test_a_year_of_daily_refreshes_keeps_every_value_with_its_day(every, world, tmp_path, day):
    expected = {}
    start = dt.date(2026, 11, 24)
    for n in range(0, 365, every):
        today = (start + dt.timedelta(days=n)).isoformat()
        day(today)
        world.updated, world.wdi["RUS", 2024, "NY.GDP.MKTP.KD.ZG"] = today, 2 + n / 100
        expected[today] = str(2 + n // 100) if n % 100 == 0 else str(2 + n / 100)
        assert refresh(tmp_path, "world_bank_wdi")["world_bank_wdi"].status == "fetched"
        day((start + dt.timedelta(days=n + 1)).isoformat())
        assert refresh(tmp_path, "world_bank_wdi")["world_bank_wdi"].status == "unchanged"
    found = rows(tmp_path, "world_bank_wdi", "economy_indicator").query(
        "iso3 == 'RUS' and year == '2024' and indicator == 'gdp_growth_pct'"
    )
    documents = rows(tmp_path, "world_bank_wdi", "documents").set_index("document")
    assert dict(zip(documents.loc[found["document"], "published_on"], found["value"], strict=True)) == expected


def test_killed_in_mid_fetch_and_started_again(world, tmp_path):
    program = (
        "from pathlib import Path; from sources.connector import Scope; from sources.live import clock, refresh as live\n"
        "clock.sleep = lambda seconds: None\n"
        f"live.refresh_live(Path({str(tmp_path)!r}), Scope(('CHN-RUS',), 2020, 2024), only=['un_comtrade'])"
    )
    world.delay = 0.05
    running = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, **world.environment()}, stdout=subprocess.DEVNULL)
    while len(world.requests) < 15:
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()
    world.delay = 0
    kept = len(answers.latest(tmp_path, "un_comtrade"))
    assert 0 < kept < 26 and answers.verify(tmp_path) == []
    world.requests.clear()
    assert refresh(tmp_path, "un_comtrade")["un_comtrade"].status == "fetched"
    assert len(world.requests) == 4 + 26 - kept
    assert len(rows(tmp_path, "un_comtrade", "trade_flow")) and list(answers.incoming(tmp_path).glob("*")) == []


def test_a_dropped_file_stands_in_for_the_publisher(world, tmp_path, day):
    drop = tmp_path / "drop" / "undl_sc_votes"
    drop.mkdir(parents=True)
    (drop / "sc-votes.csv").write_bytes(world.answer_undl_sc_votes("record/4055387/files/x.csv", {}).body)
    outcome = refresh(tmp_path, "undl_sc_votes")["undl_sc_votes"]
    assert outcome.status == "dropped" and world.requests == []
    (row,) = answers.manifest(tmp_path, "undl_sc_votes")
    assert (row.status, row.url) == (0, "file:sc-votes.csv")
    assert rows(tmp_path, "undl_sc_votes", "documents")["note"][0].endswith("A person downloaded it.")
    assert len(rows(tmp_path, "undl_sc_votes", "resolution_vote")) == 6
    assert refresh(tmp_path, "undl_sc_votes")["undl_sc_votes"].status == "unchanged"


@pytest.mark.parametrize(
    ("source", "name", "path", "query"),
    [
        ("gacc_country_table", "month-2026-02.html", "Statics/x.html", {}),
        ("un_comtrade", "annual-CHN-2023-M.json", "C/A/HS", {"reporterCode": "156", "period": "2023", "cmdCode": "TOTAL", "flowCode": "M"}),
        (
            "un_comtrade", "chapters-CHN-RUS-2023.json", "C/A/HS",
            {"reporterCode": "156", "partnerCode": "643", "period": "2023", "cmdCode": "AG2", "flowCode": "M,X"},
        ),
        (
            "un_comtrade", "monthly-CHN-RUS-2023.json", "C/M/HS",
            {"reporterCode": "156", "partnerCode": "643", "period": "202301,202302", "cmdCode": "TOTAL", "flowCode": "M,X"},
        ),
    ],
)  # fmt: skip
def test_a_dropped_file_says_its_question_where_only_the_publisher_lists_them(source, name, path, query, world, tmp_path, day):
    drop = tmp_path / "drop" / source
    drop.mkdir(parents=True)
    (drop / name).write_bytes(getattr(world, f"answer_{source}")(path, query).body)
    assert refresh(tmp_path, source)[source].status == "dropped" and world.requests == []
    (drop / name).rename(drop / f"annual-{name}")
    assert "rename it after the question it answers; sources/README.md lists the names" in refresh(tmp_path, source)[source].message


def test_a_dropped_file_passes_the_same_checks(world, tmp_path, day):
    drop = tmp_path / "drop" / "undl_sc_votes"
    drop.mkdir(parents=True)
    (drop / "votes.csv").write_text("x\n")
    assert "rename it after the question it answers, such as sc-votes" in refresh(tmp_path, "undl_sc_votes")["undl_sc_votes"].message
    (drop / "votes.csv").rename(drop / "sc-votes.csv")
    outcome = refresh(tmp_path, "undl_sc_votes")["undl_sc_votes"]
    assert outcome.status == "failed" and "missing" in outcome.message and (drop / "sc-votes.csv").exists()


EXERCISE = {
    "exercise_id": "new-drill-2026", "name": "New drill", "series": "", "category": "core_military", "format": "bilateral",
    "domain": "naval", "is_patrol": "false", "start_date": "2026-11-20", "end_date": "", "date_precision": "day",
    "participants": "CHN;RUS", "participants_at_sea": "", "hosts": "", "location_name": "", "seas": "", "region": "Europe", "latitude": "", "longitude": "",
    "coordinate_precision": "", "personnel_total": "", "confidence": "documented", "settled_by": "", "document": "report", "note": "",
}  # fmt: skip
DOCUMENT = {
    "document": "report", "publisher": "Agency", "title": "A drill", "url": "https://example.org/1", "published_on": "2026-11-21",
    "is_primary": "true", "via": "", "via_url": "", "published_precision": "day", "read_on": "2026-11-24", "note": "",
}  # fmt: skip


def test_curated_files_can_be_dropped(world, tmp_path, day):
    drop = tmp_path / "drop" / "dyad_exercises"
    drop.mkdir(parents=True)
    pd.DataFrame([DOCUMENT]).to_csv(drop / "documents.csv", index=False)
    pd.DataFrame([EXERCISE]).to_csv(drop / "exercise.csv", index=False)
    outcome = refresh(tmp_path, "un_sc_vetoes")["dyad_exercises"]
    assert outcome.status == "dropped" and outcome.notes == ()
    assert list(rows(tmp_path, "dyad_exercises", "exercise")["exercise_id"]) == ["new-drill-2026"]
    assert list(rows(tmp_path, "dyad_exercises", "documents")["document"]) == ["report"]
    pd.DataFrame([EXERCISE | {"category": "party"}]).to_csv(drop / "exercise.csv", index=False)
    outcome = refresh(tmp_path, "dyad_exercises")["dyad_exercises"]
    assert outcome.status == "failed" and "category" in outcome.message and "party" in outcome.message


def test_baci_is_kept_whole_and_asked_once(world, tmp_path, day):
    assert refresh(tmp_path, "cepii_baci")["cepii_baci"].status == "fetched"
    row = answers.latest(tmp_path, "cepii_baci")["baci-hs92-v202601"]
    assert answers.path(tmp_path, row.sha256).stat().st_size == row.bytes
    world.requests.clear()
    assert refresh(tmp_path, "cepii_baci")["cepii_baci"].status == "unchanged" and world.requests == []


DROPPED = {
    "Excel": (b"PK\x03\x04rest", "a zip archive or an Excel file (.xlsx)"),
    "old Excel": (b"\xd0\xcf\x11\xe0rest", "an Excel file (.xls)"),
    "gzip": (b"\x1f\x8brest", "a gzip file"),
    "UTF-16": ("{}".encode("utf-16"), "a text in UTF-16"),
    "a page": (b"<html>", "a web page"),
}


@pytest.mark.parametrize("name", DROPPED)
def test_a_dropped_file_of_another_format_is_named_and_no_publisher_blamed(name, world, tmp_path, day):
    drop = tmp_path / "drop" / "un_comtrade"
    drop.mkdir(parents=True)
    data, reason = DROPPED[name]
    (drop / "annual-CHN-2023-M.json").write_bytes(data)
    message = refresh(tmp_path, "un_comtrade")["un_comtrade"].message
    assert f"annual-CHN-2023-M.json: this is {reason}" in message and "sources/README.md" in message
    assert "publisher has" not in message and "try again" not in message


def test_a_table_in_place_of_json_is_named(world, tmp_path, day):
    drop = tmp_path / "drop" / "world_bank_wdi"
    drop.mkdir(parents=True)
    (drop / "pa.nus.fcrf-CHN.csv").write_text("Country Name,Country Code\nChina,CHN\n")
    message = refresh(tmp_path, "world_bank_wdi")["world_bank_wdi"].message
    assert "pa.nus.fcrf-CHN.csv: this is a table in another format, such as CSV, but pa.nus.fcrf-CHN is read from" in message


def test_what_a_system_leaves_beside_a_dropped_file_is_no_answer(world, tmp_path, day):
    drop = tmp_path / "drop" / "undl_sc_votes"
    drop.mkdir(parents=True)
    for name in ("desktop.ini", "Thumbs.db", ".DS_Store", "._sc-votes.csv", "~$sc-votes.csv"):
        (drop / name).write_bytes(b"x")
    (drop / "__MACOSX").mkdir()
    (drop / "sc-votes.csv").write_bytes(world.answer_undl_sc_votes("download/x.csv", {}).body + b"\n")
    outcome = refresh(tmp_path, "undl_sc_votes")["undl_sc_votes"]
    assert outcome.status == "dropped" and world.requests == []


def test_whatever_is_dropped_is_read_or_named(world, tmp_path, day):
    drop = tmp_path / "drop" / "undl_sc_votes"
    (drop / "more").mkdir(parents=True)
    for name in ("sc-votes.csv", "sc-votes.xlsx"):
        (drop / name).write_bytes(world.answer_undl_sc_votes("download/x.csv", {}).body)
    outcome = refresh(tmp_path, "undl_sc_votes")["undl_sc_votes"]
    assert outcome.status == "failed" and world.requests == [] and "(and 1 more problem)" in outcome.message
    assert f"{drop}/more is a folder, so it is not read" in outcome.message
    (drop / "more").rmdir()
    message = refresh(tmp_path, "undl_sc_votes")["undl_sc_votes"].message
    assert f"{drop}/sc-votes.csv and sc-votes.xlsx answer the same question, so neither is read; move one of them away" in message
    (drop / "sc-votes.xlsx").unlink()
    lines: list[str] = []
    for path in (tmp_path / "drop" / name for name in ("UN_Comtrade", "elsewhere", "imf_imts", "dyad_exercises")):
        path.mkdir()
        (path / "exercise.csv").write_text("a")
        (path / "exercise.txt").write_text("a")
    (tmp_path / "drop" / "sc-votes.csv").write_text("a")
    live.refresh_live(tmp_path, fault.SCOPE, only=["undl_sc_votes"], log=lines.append)
    notes = [line.removeprefix(f"drop folder: {tmp_path}/drop/") for line in lines if line.startswith("drop folder: ")]
    assert notes == [
        "UN_Comtrade is not read: rename it after a source, such as un_comtrade",
        "elsewhere is not read: rename it after a source (sources/README.md lists them)",
        "imf_imts is not read in this run: run `dyad refresh --live --only imf_imts`",
        f"sc-votes.csv is not read: move it into a folder that is named after its source, such as {tmp_path}/drop/un_comtrade",
    ]
    assert any(line.startswith("dyad_exercises: failed: ") and "exercise.txt answer the same question" in line for line in lines)


def test_a_table_that_a_person_downloads_from_comtrades_site_is_read(world, tmp_path, day):
    drop = tmp_path / "drop" / "un_comtrade"
    drop.mkdir(parents=True)
    query = {"reporterCode": "156", "period": "2023", "cmdCode": "TOTAL", "flowCode": "M"}
    given = json.loads(world.answer_un_comtrade("public/v1/preview/C/A/HS", query).body)["data"]
    pd.DataFrame(given).to_csv(drop / "annual-CHN-2023-M.csv", index=False)
    assert refresh(tmp_path, "un_comtrade")["un_comtrade"].status == "dropped" and world.requests == []
    flows = pd.read_csv(next((tmp_path / "live" / "un_comtrade").glob("*/trade_flow.csv")))
    russia = next(row for row in given if row["partnerCode"] == 643)
    assert flows.set_index("partner_iso3")["value"]["RUS"] == russia["primaryValue"]


@pytest.mark.parametrize("body", [b"\xff\xfeundl_id", b"", b"undl_id,x\n1\n", b"a,b\n1,2\n", b"\x00\n"])
def test_no_publisher_is_blamed_for_a_dropped_file(body, world, tmp_path, day):
    drop = tmp_path / "drop" / "undl_sc_votes"
    drop.mkdir(parents=True)
    (drop / "sc-votes.csv").write_bytes(body)
    message = refresh(tmp_path, "undl_sc_votes")["undl_sc_votes"].message
    assert not re.search(r"publisher has|faulty|try again later|parse\.py", message), message
    assert "drop" in message and "sc-votes.csv" in message


def test_a_state_that_the_world_bank_lacks_is_not_requested(world, tmp_path, day):
    scope = fault.SCOPE._replace(dyads=("CHN-TWN",))
    (outcome,) = live.refresh_live(tmp_path, scope, only=["world_bank_wdi"], log=lambda line: None)
    assert outcome.status == "fetched", outcome.message
    assert set(rows(tmp_path, "world_bank_wdi", "economy_indicator")["iso3"]) == {"CHN"}


@pytest.mark.parametrize("mode", [0o600, 0o777, 0o640])
def test_a_dropped_file_is_kept_with_the_stores_permissions(mode, world, tmp_path, day):
    drop = tmp_path / "drop" / "undl_sc_votes"
    drop.mkdir(parents=True)
    (drop / "sc-votes.csv").write_bytes(world.answer_undl_sc_votes("download/x.csv", {}).body)
    (drop / "sc-votes.csv").chmod(mode)
    refresh(tmp_path, "undl_sc_votes")
    kept = list((tmp_path / "snapshots" / "objects").glob("*/*"))
    assert kept and {path.stat().st_mode & 0o7777 for path in kept} == {0o444}
    (drop / "sc-votes.csv").write_bytes(b"x\n")
    (drop / "sc-votes.csv").chmod(mode)
    refresh(tmp_path, "undl_sc_votes")
    [rejected] = (tmp_path / "snapshots" / "rejected").iterdir()
    assert rejected.stat().st_mode & 0o133 == 0


def test_a_link_is_no_dropped_file(world, tmp_path, day):
    drop, secret = tmp_path / "drop" / "undl_sc_votes", tmp_path / "secret"
    drop.mkdir(parents=True)
    secret.write_text("s3cret")
    (drop / "sc-votes.csv").symlink_to(secret)
    message = refresh(tmp_path, "undl_sc_votes")["undl_sc_votes"].message
    assert "sc-votes.csv: this is a link; put the file itself" in message and "s3cret" not in message
    assert [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_symlink()] == [secret], "nothing was copied"


def test_a_dropped_archive_must_be_complete(world, tmp_path, day):
    drop = tmp_path / "drop" / "cepii_baci"
    drop.mkdir(parents=True)
    packed = world.answer_cepii_baci("", {}).body
    (drop / "baci-hs92-v202601.zip").write_bytes(packed[:-9])
    assert "not a complete zip" in refresh(tmp_path, "cepii_baci")["cepii_baci"].message
    (drop / "baci-hs92-v202601.zip").write_bytes(packed)
    assert refresh(tmp_path, "cepii_baci")["cepii_baci"].status == "dropped" and world.requests == []


def test_an_index_without_a_single_table_is_a_failure(world, tmp_path, day):
    world.faults["gacc_country_table"] = [fault.changed(lambda page: page.replace(b"<a href", b"<span title"))]
    outcome = refresh(tmp_path, "gacc_country_table")["gacc_country_table"]
    assert outcome.status == "failed" and "the publisher lists nothing to request" in outcome.message


def test_an_unknown_source_is_unusable(tmp_path):
    with pytest.raises(Unusable, match="is not a live source: choose from"):
        refresh(tmp_path, "nowhere")


def test_the_estimate_follows_from_the_rate_budgets(world, tmp_path, day):
    logged: list[str] = []
    live.refresh_live(tmp_path, fault.SCOPE, only=["un_comtrade", "imf_imts"], log=logged.append)
    assert logged[:3] == [
        "imf_imts: 4 of 4 requests are due, about 6 s",
        "un_comtrade: 26 of 26 requests are due, about 31 s",
        "about 37 s in all, because of the publishers' rate limits",
    ]
    assert "un_comtrade: 25 of 26 requests done" in logged


def test_an_edited_live_file_is_refused(world, tmp_path, day):
    refresh(tmp_path, "imf_imts")
    path = tmp_path / "live/imf_imts/2026-11-24/trade_flow.csv"
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data.replace(b"CHN", b"CHM", 1))
    with pytest.raises(Refused, match="live/imf_imts/2026-11-24/trade_flow.csv: damaged or edited"):
        snapshot.sources(home=tmp_path)


def test_the_manifest_is_readable(world, tmp_path, day):
    refresh(tmp_path, "world_bank_wdi")
    detector, _, first, *_ = map(json.loads, (tmp_path / "snapshots/manifest.jsonl").read_text().splitlines())
    assert detector["request"]["is_detector"] and detector["request"]["name"] == "lastupdated"
    assert {"source", "url", "status", "headers", "fetched_at", "sha256", "bytes", "rows", "request"} == set(first)
    assert first["rows"] == 5
    assert first["url"].startswith(f"{world.url}/world_bank_wdi/v2/country/"), "the mirror it came from"
    assert set(rows(tmp_path, "world_bank_wdi", "documents")["url"].str[:29]) == {"https://api.worldbank.org/v2/"}, "the publisher to cite"


def test_answers_that_cannot_be_used_starve_none_behind_them(world, tmp_path, day):
    """Else a source stops for ever at the same three questions."""
    honest = lambda handler, reply: handler.reply(reply)  # noqa: E731
    bad = [fault.status(404), fault.body(b"{}"), fault.body(b'{"data": [{}]}'), fault.status(400)]
    world.faults["un_comtrade"] = [honest] * 4 + bad
    outcome = refresh(tmp_path, "un_comtrade")["un_comtrade"]
    assert outcome.status == "failed" and "(and 3 more problems)" in outcome.message
    assert "22 of 26 due answers were stored" in outcome.message


def test_a_publisher_that_is_down_is_not_asked_everything(world, tmp_path, day):
    honest = lambda handler, reply: handler.reply(reply)  # noqa: E731
    world.faults["un_comtrade"] = [honest] * 4 + [fault.status(403)] * 99
    assert "(and 2 more problems)" in refresh(tmp_path, "un_comtrade")["un_comtrade"].message
    assert len(world.requests) == 4 + 3


def test_what_was_answered_longest_ago_is_asked_first(world, tmp_path, day):
    refresh(tmp_path, "imf_imts")
    asked = len(world.requests)
    day("2026-12-25")
    honest = lambda handler, reply: handler.reply(reply)  # noqa: E731
    world.faults["imf_imts"] = [honest, honest, *[fault.status(403)] * 9]
    refresh(tmp_path, "imf_imts")
    first = [r.path for r in world.requests[asked:]]
    asked, world.faults["imf_imts"] = len(world.requests), []
    day("2026-12-26")
    refresh(tmp_path, "imf_imts")
    assert [r.path for r in world.requests[asked:]] == first[2:] + first[:2]
