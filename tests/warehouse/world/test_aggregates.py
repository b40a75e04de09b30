"""Test the aggregates: equal to another way of counting, updated by hash, available for any pair, and equal on Spark."""

import contextlib
import datetime as dt
import hashlib
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from schemas import world
from schemas.errors import Refused, Unusable
from schemas.validate import findings
from sources import disk, snapshot
from tests.support import baci, power_cut
from tests.support.imports import imported
from tests.test_least_power import POWERS
from warehouse.build import audit, catalog, database, land, layers
from warehouse.build.clock import Clock
from warehouse.connect import connect, query
from warehouse.models import Model
from warehouse.release import manifest, retention
from warehouse.world import aggregates, as_source, compare, editions, reference, spark, trade_file
from warehouse.world.editions import CodeLists
from warehouse.world.ingest import ingest

YEARS = range(2019, 2024)
README = Path(aggregates.__file__).with_name("README.md")
ROWS = 20_000
BUNDLED = snapshot.sources()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    release = ingest(baci.write(folder / "BACI_HS92_V202601", ROWS, YEARS), folder / "home")
    aggregates.build(folder / "home", release, BUNDLED)
    return folder / "home"


@pytest.fixture(scope="module")
def con(home):
    with trade_file.connect(home) as connection:
        yield connection


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Return the generated rows in ISO codes and dollars, straight from the generator."""
    iso3 = {code: iso for code, iso, _ in baci.countries()}
    growth = [1.02**n for n in range(len(YEARS))]
    frames = [baci.year(y, int(ROWS * g / sum(growth))).to_pandas() for y, g in zip(YEARS, growth, strict=True)]
    frame = pd.concat(frames)
    frame = frame.assign(
        exporter=frame["i"].map(iso3), importer=frame["j"].map(iso3), usd=(frame["v"] * 1000).round(), chapter=frame["k"].str[:2]
    )
    return frame[frame["exporter"] != frame["importer"]]  # one state under two codes trades with itself


def test_chapters_are_the_sum_of_their_products(con, rows):
    expected = rows.groupby(["t", "exporter", "importer", "chapter"]).agg(usd=("usd", "sum"), n=("k", "size")).reset_index()
    found = con.execute(
        "select year, exporter, importer, hs_chapter, value_usd::double, product_count from chapter order by all"
    ).fetchall()
    assert found == [tuple(r) for r in expected.itertuples(index=False)]


def test_every_table_and_column_says_what_it_is(con):
    comments_of = {name: dict(comments) for name, comments in world.COMMENTS.items()}
    tables = con.execute("select table_name, comment from duckdb_tables()").fetchall()
    assert {name: text for name, text in tables if name in comments_of} == {
        name: comments.pop("") for name, comments in comments_of.items()
    }
    columns = con.execute("select table_name, column_name, comment from duckdb_columns()").fetchall()
    assert {(t, c): text for t, c, text in columns if t in comments_of} == {
        (t, c): text for t in comments_of for c, text in comments_of[t].items()
    }


def test_every_table_obeys_its_schema(con):
    for name, table in world.AGGREGATES.items():
        frame = con.execute(f"from {name}").df()
        assert len(frame) and list(findings(table.to_schema(), frame)[1]) == []


def test_ranks_under_every_rule_are_those_counted_by_hand(con, rows):
    frames = {f.kind: snapshot.read(f) for s in BUNDLED if s.name == "dyad_reference" for f in s.files}
    eu, asean = (
        {
            *frames["bloc_member"].query(
                "bloc == @bloc and member_from <= '2023-12-31' and (member_to.isna() or member_to >= '2023-12-31')"
            )["iso3"]
        }
        for bloc in ("EUU", "ASN")
    )
    un = {*frames["country"].query("un_member_from.notna() and un_member_to.isna()")["iso3"]}
    year = rows[rows["t"] == 2023]
    both = pd.concat(
        [
            year[["exporter", "importer", "usd"]].set_axis(["a", "b", "usd"], axis=1),
            year[["importer", "exporter", "usd"]].set_axis(["a", "b", "usd"], axis=1),
        ]
    )
    country = both.groupby("a")["usd"].sum().idxmax()
    trade = both[both["a"] == country].groupby("b")["usd"].sum()
    china = {"HKG", "MAC", "TWN"}
    counted = {
        "A": trade,
        "B": trade[trade.index.isin(un)],
        "C": trade.rename(lambda p: "EUU" if p in eu else "ASN" if p in asean else p).groupby(level=0).sum(),
        "D": trade[~trade.index.isin(china)].rename(lambda p: "EUU" if p in eu else "ASN" if p in asean else p).groupby(level=0).sum(),
        "E": trade.rename(lambda p: "EUU" if p in eu else p).groupby(level=0).sum(),
    }
    for rule, expected in counted.items():
        ranked = [
            (p, float(usd), int(rank), len(expected))
            for p, usd, rank in zip(expected.index, expected, expected.rank(ascending=False, method="min"), strict=True)
        ]
        found = con.execute(
            "select partner, trade_usd::double, partner_rank, partner_count from partner_rank where year = 2023 and country = ? and rule = ?",
            [country, rule],
        ).fetchall()
        assert sorted(found) == sorted(ranked), rule


def largest(con) -> tuple[str, str]:
    return con.execute("select exporter, importer from dyad_year where year = 2023 order by value_usd desc limit 1").fetchone()


def test_any_pair_is_answered_in_the_datasets_own_columns(con):
    a, b = largest(con)
    trade = con.execute(f"from dyad_trade('{a}', '{b}')").df()
    assert len(trade) == 2 * len(YEARS)
    by_year = trade.groupby("period_start")
    assert (by_year["value_usd"].sum() == by_year["two_way_total_usd"].first()).all()
    newest = trade[trade["exporter"] == a].iloc[-2:]
    assert newest["change_pct"].iloc[-1] == pytest.approx(100 * (newest["value_usd"].iloc[-1] / newest["value_usd"].iloc[-2] - 1))
    composition = con.execute(
        f"select year, exporter, sum(share_pct), sum(value_usd) from dyad_composition('{a}', '{b}') group by all order by all"
    ).fetchall()
    assert all(share == pytest.approx(100) for *_, share, _ in composition)
    totals = {(y, x): v for y, x, _, v in composition}
    assert all(totals.get((r.period_start.year, r.exporter), 0) == r.value_usd for r in trade.itertuples())
    ranks = con.execute(f"from dyad_rank('{a}', '{b}')").df()
    assert set(ranks["country"]) == {a, b} and (ranks["share_pct"] <= 100).all()
    from schemas.charts import TradeComposition, TradeDependence

    for macro, chart in (("dyad_rank", TradeDependence), ("dyad_composition", TradeComposition)):
        assert list(con.execute(f"from {macro}('{a}', '{b}')").df().columns) == list(chart.to_schema().columns)


def test_every_answer_leads_to_a_member_and_its_bytes(con, home):
    a, b = largest(con)
    known = {f"cepii_baci/{m.name}@{m.sha256[:8]}" for m in editions.landed(home)[-1].members}
    for macro in ("dyad_trade", "dyad_rank", "dyad_composition"):
        cited = {e for (evidence,) in con.execute(f"select evidence from {macro}('{a}', '{b}')").fetchall() for e in evidence}
        assert cited and cited <= known
    assert {e for (e,) in con.execute("select evidence_id from member").fetchall()} == known


def test_an_unknown_or_single_state_has_no_rows(con):
    assert con.execute("from dyad_trade('FRA', 'XXX')").fetchall() == con.execute("from dyad_trade('FRA', 'FRA')").fetchall() == []


def test_a_release_answers_for_any_pair_behind_its_closed_door(home, con):
    folder = home / "releases" / "one"
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as empty:
        empty.execute("create schema charts; create table charts.claims as select 1 as claim_id")
    as_source.link(trade_file.current(home), folder, dt.date(2026, 1, 30))
    with connect(folder) as before, pytest.raises(duckdb.Error, match="dyad_trade"):
        before.execute("from dyad_trade('FRA', 'DEU')")
    as_source.link(trade_file.current(home), folder, dt.date(2026, 1, 31))
    a, b = largest(con)
    with connect(folder) as release:
        for macro in ("dyad_trade", "dyad_rank", "dyad_composition"):
            assert release.execute(f"from {macro}('{a}', '{b}')").fetchall() == con.execute(f"from {macro}('{a}', '{b}')").fetchall()
        assert release.execute("from charts.claims").fetchall() == [(1,)]
        for forbidden in ("delete from trade.member", "create table charts.mine (a integer)", "from read_csv('/etc/passwd')"):
            with pytest.raises(duckdb.Error):
                release.execute(forbidden)


def beside(own: Path) -> Path:
    """Return the folder of an empty release beside the world's trade of a home."""
    folder = own / "releases" / "two"
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        con.execute("create schema charts")
    as_source.link(trade_file.current(own), folder, dt.date(2026, 1, 31))
    return folder


@pytest.fixture
def linked(home, tmp_path):
    """Return a release beside a copy of the world's trade: its folder, and the home."""
    own = tmp_path / "home"
    shutil.copytree(home, own, symlinks=True)
    return beside(own), own


def six_digit(own: Path, sql: str) -> list[tuple]:
    """Ask the file of all years in a connection that may open files."""
    with duckdb.connect() as con:  # an instance of its own: the file system of the module's connection is closed
        con.execute(f"attach '{trade_file.current(own)}' as trade (read_only); use trade")
        return con.execute(sql.replace("trade_flow()", f"trade_flow(home := '{own}')")).fetchall()


def test_six_digit_rows_add_up_to_the_dyads_and_name_their_file(home, rows):
    listed = six_digit(home, "select year, exporter, importer, product_code, value_usd::double from trade_flow()")
    assert sorted(listed) == sorted(rows[["t", "exporter", "importer", "k", "usd"]].itertuples(index=False, name=None))
    by_dyad = "select year, exporter, importer, sum(value_usd), count(*) from trade_flow() group by all order by all"
    assert six_digit(home, by_dyad) == six_digit(
        home, "select year, exporter, importer, value_usd, product_count from dyad_year order by all"
    )
    assert six_digit(home, "select count(*) from trade_flow() anti join member using (year, evidence_id)") == [(0,)]
    columns = six_digit(home, "select column_name from (describe from trade_flow())")
    assert [name for (name,) in columns] == ["year", "exporter", "importer", "product_code", "value_usd", "quantity_tonnes", "evidence_id"]


def test_a_code_that_no_list_knows_stays_in_the_six_digit_rows(tmp_path):
    folder = baci.write(tmp_path / "BACI_HS92_V202601", 200, [2022, 2023])
    with (folder / "BACI_HS92_Y2023_V202601.csv").open("a") as file:
        file.write("2023,999,894,999999,5.000,1.0\n")
    own = tmp_path / "home"
    aggregates.build(own, ingest(folder, own), BUNDLED)
    assert six_digit(own, "select importer, value_usd from trade_flow() where exporter = '999'") == [("ZMB", 5000)]


def test_the_command_in_the_readme_answers_for_any_pair_at_six_digits(linked, tmp_path, con):
    """As a reader runs it: beside `data/`, with the project's Python; of the current release too."""
    folder, own = linked
    own.rename(tmp_path / "data")
    (tmp_path / "data" / "current").symlink_to(Path("releases", folder.name))
    [command] = re.findall(r"^\.venv/bin/python (-c .*trade_flow.*)$", README.read_text("utf-8"), re.MULTILINE)
    year, exporter, importer = con.execute("select year, exporter, importer from dyad_year order by value_usd desc limit 1").fetchone()
    for file in ("data/bulk/baci/current.duckdb", "data/current/trade.duckdb"):
        asked = command.replace("data/bulk/baci/current.duckdb", file)
        asked = asked.replace("2023", str(year)).replace("FRA", exporter).replace("DEU", importer)
        shown = subprocess.run(f"{sys.executable} {asked}", shell=True, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
        assert exporter in shown and importer in shown and "product_code" in shown and "cepii_baci" in shown


@pytest.mark.parametrize("year", [2019, 2021])
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (Path.unlink, "year={}/"),
        (lambda path: path.write_bytes(path.read_bytes()[:-9]), "year={}/"),
        (lambda path: shutil.copy(next(path.parents[1].glob("year=2020/*")), path), "BACI_HS92_Y{}_V202601.csv are damaged.*dyad doctor"),
    ],
)
def test_damaged_landed_rows_are_refused_and_the_rest_answers(linked, year, damage, message):
    folder, own = linked
    damage(next((own / "snapshots").rglob(f"year={year}/*.parquet")))
    for condition in ("true", "product_code = '010101'", "quantity_tonnes is null", "value_usd > 1e30", "exporter = 'FRA'", "year = 2022"):
        with pytest.raises(duckdb.Error, match=message.format(year)):
            six_digit(own, f"select count(*) from trade_flow() where {condition}")
    assert len(query("from dyad_trade('FRA', 'DEU')", folder))


WAYS_OUT = [
    "copy (select 1) to '{file}'",
    "copy (select 1) to '{file}' (use_tmp_file false)",
    "attach '{file}' as x",
    "from read_parquet('{file}')",
    "from trade_flow(home := '{home}')",
    "copy (select 1) to '{trade}' (format csv, use_tmp_file false)",
    "copy (select 1) to '{trade}.wal' (format csv, use_tmp_file false)",
    "use memory; detach trade; attach '{trade}' as trade; delete from trade.member",
    *POWERS.values(),
]


def test_no_way_leads_out_of_a_release_with_the_worlds_trade(linked, tmp_path, monkeypatch):
    """One after the other, as one may prepare the next."""
    folder, own = linked
    before = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    stand = tmp_path / "stand"
    (stand / ".tmp").mkdir(parents=True)
    monkeypatch.chdir(stand)
    places = {"home": own, "folder": tmp_path / "out", "release": folder / "warehouse.duckdb", "trade": trade_file.current(own)}
    with connect(folder) as con:
        places["file"] = own / con.execute("select file from trade.member limit 1").fetchone()[0]
        for statement in WAYS_OUT * 2:
            with contextlib.suppress(duckdb.Error):
                assert con.execute(statement.format(**places)).fetchall() == [], statement
    assert [path for path in tmp_path.rglob("*") if not path.is_relative_to(own) and path not in (own, stand, stand / ".tmp")] == []
    assert {path: path.read_bytes() for path in own.rglob("*") if path.is_file()} == before


def test_a_reader_of_the_worlds_trade_stays_within_the_limit(linked, monkeypatch):
    monkeypatch.setenv("DYAD_MEMORY_LIMIT", "200MB")
    assert query("select current_setting('memory_limit') as size", linked[0])["size"].tolist() == ["190.7 MiB"]


def test_the_door_is_read_only_and_closed(home, con):
    spill = Path(f"{trade_file.current(home)}.tmp")
    spill.mkdir(exist_ok=True)
    for statement in (
        f"copy (select 1) to '{trade_file.current(home)}' (format csv, use_tmp_file false)",
        "delete from member",
        "copy member to '/tmp/x.csv'",
        f"copy member to '{spill}/x.csv'",
        "from read_csv('/etc/passwd')",
    ):
        with pytest.raises(duckdb.Error):
            con.execute(statement)


def test_of_two_lists_of_codes_the_crosswalk_decides_and_the_publishers_adds():
    codes = CodeLists([(4, "Afghanistan", "XXX"), (997, "Newland", "OLD"), (997, "Newland", "NEW"), (998, "Nowhere", "N/A")], [])
    with duckdb.connect() as con:
        reference.land(con, BUNDLED, codes)
        rows = con.execute("select code, iso3 from bulk.country_code").fetchall()
    found = dict(rows)
    assert len(found) == len(rows)
    assert (found[4], found[997], found.get(998), found[156]) == ("AFG", "NEW", None, "CHN")


def test_a_damaged_reference_file_is_refused(tmp_path):
    folder = tmp_path / "dyad_reference"
    shutil.copytree(snapshot.BUNDLED / "dyad_reference", folder)
    (folder / "snapshot" / "country.csv").write_text("iso3,name\nFRA\n", "utf-8")
    digest = hashlib.sha256((folder / "snapshot" / "country.csv").read_bytes()).hexdigest()
    sums = (folder / "snapshot" / "SHA256SUMS").read_text("utf-8")
    (folder / "snapshot" / "SHA256SUMS").write_text(re.sub(r"[0-9a-f]{64}(?=  country\.csv)", digest, sums), "utf-8")
    with duckdb.connect() as con, pytest.raises(Refused, match=r"country.csv:2: 1 cell, but the header has 2"):
        reference.land(con, snapshot.sources(tmp_path), CodeLists([], []))


def test_a_grown_file_says_what_it_is_in_todays_words(home, tmp_path, monkeypatch):
    own = tmp_path / "home"
    shutil.copytree(home, own, symlinks=True)
    [release] = editions.landed(own)
    monkeypatch.setattr(world, "COMMENTS", {"chapter": {"": "today", "year": "the year"}})
    grown = aggregates.build(own, release._replace(read_on="2026-02-01"), BUNDLED)
    with duckdb.connect(str(grown), read_only=True) as con:
        assert con.execute("select comment from duckdb_tables() where table_name = 'chapter'").fetchone() == ("today",)


@pytest.mark.parametrize(
    ("owner", "name", "text"),
    [
        (world, "COMMENTS", {"chapter": {"": "today"}}),
        (aggregates, "MEMBER", aggregates.MEMBER.replace("row_count bigint", "row_count integer")),
    ],
)
def test_another_version_of_the_project_builds_its_own_file(home, tmp_path, monkeypatch, owner, name, text):
    own = tmp_path / "home"
    shutil.copytree(home, own, symlinks=True)
    [edition] = editions.landed(own)
    before = trade_file.current(own)
    assert aggregates.build(own, edition, BUNDLED) == before
    monkeypatch.setattr(owner, name, text)
    monkeypatch.setattr(aggregates, "_run_year", lambda *_: pytest.fail("no year changed"))
    assert aggregates.build(own, edition, BUNDLED) == trade_file.current(own) != before


def test_a_damaged_landed_file_is_not_aggregated(home, tmp_path):
    own = tmp_path / "home"
    shutil.copytree(home / "snapshots", own / "snapshots")
    [edition] = editions.landed(own)
    file = Path(edition.files([2020])[0])
    body = bytearray(file.read_bytes())
    body[100] ^= 1
    file.write_bytes(body)
    with pytest.raises(Refused, match=f"{file}: damaged; delete .* and ingest its archive again"):
        aggregates.build(own, edition, BUNDLED)


def test_a_damaged_trade_file_is_not_copied_into_the_next(home, tmp_path):
    own = tmp_path / "home"
    shutil.copytree(home, own, symlinks=True)
    before = trade_file.current(own)
    before.write_bytes(before.read_bytes()[:-1])
    after = aggregates.build(own, editions.landed(own)[0]._replace(read_on="2026-02-01"), BUNDLED)
    assert trade_file.problem(after) == "" and trade_file.problem(before) == "damaged"


def test_a_trade_file_that_a_full_disk_cut_off_is_not_published(home, tmp_path, monkeypatch):
    """A limit on the size of files that the log stays below, but not the file that DuckDB writes from the log."""
    own = tmp_path / "home"
    shutil.copytree(home / "snapshots", own / "snapshots")
    comment, limits = aggregates._comment, resource.getrlimit(resource.RLIMIT_FSIZE)

    def then_full(con):
        comment(con)
        [log] = trade_file.folder(own).glob("*.wal")
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 100_000, limits[1]))

    monkeypatch.setattr(aggregates, "_comment", then_full)
    try:
        with pytest.raises(duckdb.Error, match="File too large"):
            aggregates.build(own, editions.landed(own)[0], BUNDLED)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert trade_file.current(own) is None and not list(trade_file.folder(own).glob("*.duckdb"))
    monkeypatch.undo()
    aggregates.build(own, editions.landed(own)[0], BUNDLED)
    with trade_file.connect(own) as con:
        assert con.execute("select count(*) from increment").fetchone() == (len(YEARS),)


def test_a_power_cut_takes_nothing_from_a_trade_file(home, tmp_path, monkeypatch):
    own = tmp_path / "home"
    shutil.copytree(home / "snapshots", own / "snapshots")
    recorded = power_cut.Recorder(own, monkeypatch)
    built = aggregates.build(own, editions.landed(own)[0], BUNDLED)
    assert recorded.lost() == [] and built.with_suffix(".sha256") in recorded.synced


def test_a_trade_file_with_a_log_is_not_published(tmp_path):
    new, target = tmp_path / "trade-1.new", tmp_path / "trade-1.duckdb"
    for path in (new, tmp_path / "trade-1.new.wal"):
        path.touch()
    with pytest.raises(Unusable, match=r"trade-1.new.wal: .* run `dyad ingest baci <archive>` again"):
        trade_file.publish(new, target)
    assert not target.exists()


def test_a_trade_file_without_its_tables_is_not_copied_into_the_next(home, tmp_path):
    """As a last write that failed left it."""
    own = tmp_path / "home"
    shutil.copytree(home / "snapshots", own / "snapshots")
    trade_file.folder(own).mkdir(parents=True)
    shell = trade_file.folder(own) / "trade-1.duckdb"
    duckdb.connect(str(shell.with_suffix(".new"))).close()
    trade_file.publish(shell.with_suffix(".new"), shell)
    trade_file.set_current(shell)
    assert aggregates.build(own, editions.landed(own)[0], BUNDLED) == trade_file.current(own) != shell


def test_a_changed_year_alone_is_computed_again(home, tmp_path, monkeypatch):
    own = tmp_path / "home"
    shutil.copytree(home, own, symlinks=True)
    folder = baci.write(tmp_path / "BACI_HS92_V202601", ROWS, YEARS)
    with (folder / "BACI_HS92_Y2021_V202601.csv").open("a") as file:
        file.write("2021,894,716,999999,5.000,1.0\n")
    release = ingest(folder, own)
    run, years = aggregates._run_year, []
    monkeypatch.setattr(aggregates, "_run_year", lambda *how: (years.append(how[-1].year), run(*how))[1])
    before = trade_file.current(own)
    after = aggregates.build(own, release, BUNDLED)
    assert years == [2021] and after != before
    fresh = tmp_path / "fresh"
    shutil.copytree(own / "snapshots", fresh / "snapshots")
    aggregates.build(fresh, editions.landed(fresh)[-1], BUNDLED)
    for table in (*world.AGGREGATES, "member"):
        query = f"from {table} order by all"
        with trade_file.connect(own) as a, trade_file.connect(fresh) as b:
            assert a.execute(query).fetchall() == b.execute(query).fetchall()
    assert aggregates.build(own, release, BUNDLED) == after


def test_the_pairs_that_moved_most(con):
    pairs = compare.top(con, "change", 2019, limit=5, least_usd=0)
    changes = [abs(pair["change_usd"]) for pair in pairs]
    assert len(pairs) == 5 and changes == sorted(changes, reverse=True)
    assert all(pair["to_usd"] - pair["from_usd"] == pair["change_usd"] for pair in pairs)
    assert {(pair["from_year"], pair["to_year"]) for pair in pairs} == {(2019, 2023)}
    for since in (None, 2023, 1900):
        with pytest.raises(Unusable, match="add --since, from 2019 to 2022"):
            compare.top(con, "growth", since)


def test_the_pairs_that_trade_most(con):
    first, second, *_ = compare.largest(con)
    assert first["two_way_usd"] >= second["two_way_usd"] and first["year"] == 2023
    a, b = first["dyad"].split("-")
    both = con.execute(
        "select sum(value_usd)::double from dyad_year where year = 2023 and (exporter, importer) in ((?, ?), (?, ?))", [a, b, b, a]
    ).fetchone()
    assert both == (first["two_way_usd"],)


def test_pairs_are_compared_and_drawn(con, tmp_path):
    a, b = sorted(largest(con))
    years = compare.compare(con, [f"{a}-{b}"], 2020)
    expected = con.execute(
        f"select year(period_start), any_value(two_way_total_usd) from dyad_trade('{a}', '{b}') group by 1 order by 1"
    ).fetchall()
    assert [(row["year"], row["two_way_usd"]) for row in years] == expected[1:]
    assert compare.compare(con, [f"{a}-{b}"] * 2, 2020) == years  # a pair that is named twice counts once
    for suffix, start in (("svg", b"<svg"), ("png", b"\x89PNG"), ("html", b"<!DOCTYPE html>")):
        compare.draw(years, tmp_path / f"pairs.{suffix}")
        assert (tmp_path / f"pairs.{suffix}").read_bytes().startswith(start)


@pytest.mark.parametrize(("name", "reason"), [("none/x.svg", "No such file or directory"), ("x.svg", "Is a directory")])
def test_a_drawing_that_cannot_be_written_is_named_by_its_path(tmp_path, name, reason):
    (tmp_path / "x.svg").mkdir()
    with pytest.raises(Unusable, match=f"{tmp_path / name}: {reason}; name a file that can be written"):
        compare.draw([], tmp_path / name)


def test_the_world_is_asked_without_a_library_that_draws(home, con):
    a, b = sorted(largest(con))
    assert imported(home, "top", "--since", "2019", "--least", "0") == {"duckdb"}
    assert imported(home, "compare", f"{a}-{b}", "--since", "2020") == {"duckdb"}


@pytest.mark.enable_socket
def test_spark_gives_the_same_to_the_cent(home, con, tmp_path):
    # not in the lock: where pyspark is installed, importing pandera imports it, a second on every command
    pytest.importorskip("pyspark", reason="`make spark` compares its aggregates with DuckDB's")
    shutil.copytree(home / "snapshots", tmp_path / "snapshots")
    aggregates.build(tmp_path, editions.landed(tmp_path)[-1], BUNDLED, engine="spark")
    with trade_file.connect(tmp_path) as there:
        for name in world.AGGREGATES:
            assert there.execute(f"describe {name}").fetchall() == con.execute(f"describe {name}").fetchall()
            rows = f"from {name} order by all"  # a table's years stand in the order in which they were done
            assert there.execute(rows).fetchall() == con.execute(rows).fetchall(), name


@pytest.mark.parametrize(
    "sql",
    [
        "pivot bulk.hs6 on year using sum(value)",
        "select *, row_number() over () as n from t",
        "select a from t qualify row_number() over (order by a) = 1",
        "select quantile_cont(a, 0.5) from t",
        "select dayofweek(d) from t",
        "select d + interval 1 year from t",
        "select a[1:2] from t",
        "select list(a) from t",
        "select unnest(a) from t",
        "select a / b as c from t",
        "select a + 1 as c, c + 1 as e from t",
        "select strptime_no_such(a) from t",
    ],
)
def test_what_spark_reads_otherwise_is_kept_out_of_the_models(sql):
    with pytest.raises(Unusable, match="bulk.x: "):
        spark.translate(Model("bulk.x", sql, {}, []))


def test_a_release_of_any_pair_is_filled(home, con, tmp_path):
    """Datasets 3, 4 and 5 of a pair that no curated source covers hold what the macros answer, with evidence."""
    a, b = con.execute(
        "select exporter, importer from dyad_year where year = 2023 and exporter < importer "
        "and not list_has_any([exporter, importer], ['CHN', 'RUS', 'ASN', 'EUU']) order by value_usd desc limit 1"
    ).fetchone()
    filled = [*BUNDLED, *as_source.sources(trade_file.current(home), [f"{a}-{b}"])]
    clock = Clock(snapshot.read_until(filled), (f"{a}-{b}",))
    with database.connect(tmp_path / "warehouse.duckdb") as built:
        assert [f for t in land.land(built, filled) for f in t.findings] == []
        catalog.fill(built, filled, clock)
        for layer in ("core", "charts"):
            assert [f for t in layers.run_layer(built, layer, clock) for f in t.findings] == []
        for layer in ("raw", "core", "charts"):
            assert [o.line() for o in audit.run(built, layer) if o.row_count] == []
        for macro, chart in (("dyad_rank", "trade_dependence"), ("dyad_composition", "trade_composition")):
            columns = "* exclude (evidence)"
            expected = con.execute(f"select {columns} from {macro}('{a}', '{b}') order by all").fetchall()
            assert built.execute(f"select {columns} from charts.{chart} order by all").fetchall() == expected and expected
        trade = built.execute(
            "select year(period_start), exporter, value_usd from charts.bilateral_trade where is_headline and value_usd > 0 order by all"
        ).fetchall()
        assert (
            trade
            == con.execute(
                f"select year(period_start), exporter, value_usd from dyad_trade('{a}', '{b}') where value_usd > 0 order by all"
            ).fetchall()
        )
        titles = " ".join(
            t for (t,) in built.execute("select distinct title from core.evidence where source = ?", [as_source.SOURCE]).fetchall()
        )
        assert set(re.findall("sha256 ([0-9a-f]{64})", titles)) == {m.sha256 for m in editions.landed(home)[-1].members}


@pytest.fixture
def trade(home, tmp_path) -> Path:
    """Return a trade file of its own, beside no derived source."""
    folder = trade_file.folder(tmp_path / "home")
    folder.mkdir(parents=True)
    return Path(shutil.copy(trade_file.current(home), folder))


def figures(sources) -> dict[str, str]:
    return {file.name: file.sha256 for source in sources for file in source.files}


@pytest.mark.parametrize("name", ["documents.csv", "SHA256SUMS", "origin.yaml"])
def test_a_source_whose_writing_was_cut_off_is_written_again(trade, con, monkeypatch, name):
    pair = "-".join(sorted(largest(con)))
    sync = disk.sync

    def killed(path):
        sync(path)
        if path.name == name:
            path.write_bytes(path.read_bytes()[:20])
            raise KeyboardInterrupt

    monkeypatch.setattr(disk, "sync", killed)
    with pytest.raises(KeyboardInterrupt):
        as_source.sources(trade, [pair])
    monkeypatch.undo()
    [source] = as_source.sources(trade, [pair])
    assert {file.kind for file in source.files} == {"documents", "partner_rank", "trade_basis", "trade_by_product"}
    assert [path.name for path in trade.parent.iterdir() if path.is_dir()] == ["sources"]


def test_a_power_cut_takes_nothing_from_a_source(trade, monkeypatch):
    recorded = power_cut.Recorder(trade.parents[2], monkeypatch)
    assert as_source.sources(trade, ["DEU-FRA"])
    assert recorded.lost() == []


def test_a_damaged_source_is_named_by_its_folder(trade):
    [source] = as_source.sources(trade, ["DEU-FRA"])
    source.files[0].path.write_bytes(b"")
    folder = source.files[0].path.parents[2]
    with pytest.raises(Refused, match=f"{folder}: damaged; delete it, and the next refresh writes it again"):
        as_source.sources(trade, ["DEU-FRA"])
    shutil.rmtree(folder)
    assert as_source.sources(trade, ["DEU-FRA"])


def test_a_source_is_written_anew_by_another_version_of_the_project(trade, tmp_path, monkeypatch):
    before = as_source.sources(trade, ["DEU-FRA"])
    [text] = [f.path.read_text() for f in before[0].files if f.kind == "trade_basis"]
    curated = tmp_path / "trade_basis.csv"
    curated.write_text("precedence\n700\n", "utf-8")
    monkeypatch.setattr(as_source, "CURATED", curated)
    [basis] = [f for f in as_source.sources(trade, ["DEU-FRA"])[0].files if f.kind == "trade_basis"]
    assert ",701," in basis.path.read_text() != text
    monkeypatch.undo()
    monkeypatch.setattr(as_source, "URL", "https://example.org")
    assert as_source.sources(trade, ["DEU-FRA"]) == before  # the same code
    code = tmp_path / "as_source.py"
    code.write_text("another version", "utf-8")
    monkeypatch.setattr(as_source, "__file__", str(code))
    [source] = as_source.sources(trade, ["DEU-FRA"])
    assert source.origin["url"] == "https://example.org"


def test_the_sources_of_kept_releases_stay(trade, monkeypatch):
    pairs = [["DEU-FRA"], ["CHN-USA", "DEU-FRA"], ["CHN-USA"]]
    kept, damaged, unused = (as_source.sources(trade, dyads)[0].files[0].path for dyads in pairs)
    releases = [{"world_trade": trade.name, "dyads": pairs[0]}, {"world_trade": "gone", "dyads": pairs[2]}, {"dyads": pairs[2]}]
    head = {"release": "r", "follows": None, "published_at": "2026-01-01", "is_current": False}
    monkeypatch.setattr(manifest, "releases", lambda home: [head | release for release in releases])
    (trade.parent / "sources.new").mkdir()  # of a killed run
    retention.prune(trade.parents[2])
    assert (kept.exists(), damaged.exists(), unused.exists()) == (True, False, False)
    assert not (trade.parent / "sources.new").exists()
    assert figures(as_source.sources(trade, pairs[1]))


def test_a_pair_with_years_without_a_flow_cites_only_the_members_that_hold_one(home, con, tmp_path):
    a, b, years = con.execute(
        "select least(exporter, importer), greatest(exporter, importer), list(distinct year order by year) from dyad_year "
        "where not list_has_any([exporter, importer], ['CHN', 'RUS']) group by all having count(distinct year) between 1 and 3 order by all limit 1"
    ).fetchone()
    filled = [*BUNDLED, *as_source.sources(trade_file.current(home), [f"{a}-{b}"])]
    documents = snapshot.read(next(f for s in filled if s.name == as_source.SOURCE for f in s.files if f.kind == "documents"))
    assert set(documents["document"]) == {f"y{year}" for year in {*years, max(YEARS)}}
    with database.connect(tmp_path / "warehouse.duckdb") as built:
        assert [f for t in land.land(built, filled) for f in t.findings] == []
        catalog.fill(built, filled, Clock(snapshot.read_until(filled), (f"{a}-{b}",)))
        assert [o.line() for o in audit.run(built, "raw") if o.row_count] == []
