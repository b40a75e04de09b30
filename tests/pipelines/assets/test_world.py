"""Test the commands about the world's trade, from the archive to the answer."""

import json
import shutil

import click
import dagster as dg
import duckdb
import pytest
from click.testing import CliRunner

from pipelines.assets import world
from pipelines.cli import world as verbs
from pipelines.cli.main import main
from sources.live.refresh import refresh_live
from tests.support import baci
from tests.support.publishers import SCOPE
from warehouse.connect import query
from warehouse.release import retention


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Run a command line in a home of its own."""
    monkeypatch.setenv("DYAD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home" / "dagster"))
    return lambda *words: CliRunner().invoke(main, list(map(str, words)))


def test_from_the_archive_to_the_answer(ask, tmp_path):
    archive = baci.write(tmp_path / "BACI_HS92_V202601.zip", 20_000, range(2020, 2023))
    landed = ask("ingest", "baci", archive)
    assert landed.exit_code == 0 and "landed HS92_V202601: 19,9" in landed.stdout and "100%" in landed.stderr
    pairs = json.loads(ask("top", "--by", "change", "--since", 2020, "--least", 0, "--json").stdout)
    [dyad, other] = [p["dyad"] for p in pairs[:2]]
    shown = ask("compare", dyad, other, "--since", 2021, "--draw", tmp_path / "x.svg")
    assert dyad in shown.stdout and "2021" in shown.stdout and "2020" not in shown.stdout and (tmp_path / "x.svg").exists()
    assert dyad in ask("top", "--by", "change", "--since", 2020, "--least", 0).stdout
    assert json.loads(ask("compare", dyad, "--json").stdout)[0]["dyad"] == dyad
    again = json.loads(ask("ingest", "baci", archive, "--json").stdout)
    assert again["members"] == 3 and again["reported"] == []
    with dg.DagsterInstance.get() as instance:
        assert instance.get_materialized_partitions(world.LANDED.key) == {"2020", "2021", "2022"}


@pytest.mark.campaign
def test_one_command_from_the_archive_to_a_release(ask, undrawn, tmp_path):
    archive = baci.write(tmp_path / "BACI_HS92_V202601", 2_000, range(2020, 2023))
    member = archive / "BACI_HS92_Y2020_V202601.csv"
    published, seen = [], []
    home = tmp_path / "home"

    def six_digits(release):
        with duckdb.connect(str(release / "trade.duckdb"), read_only=True) as con:
            return con.execute(f"select round(sum(value_usd))::bigint from trade_flow(home := '{home}')").fetchone()[0]

    for code in (999, 998):  # the second time a member changed, in a flow that is not the dyad's
        before = member.read_text()
        member.write_text(before + f"2020,{code},894,010101,5.000,1.0\n")
        result = ask("refresh", "--baci", archive, "--dyad", "DEU-FRA")
        assert result.exit_code == 0 and "published 20" in result.stdout and "100%" in result.stderr
        assert "breaks a rule but is kept" in result.stderr
        published.append(result.stdout)
        seen.append(query("select round(sum(value_usd))::bigint as usd from trade.dyad_year")["usd"].item())
        assert six_digits(home / "current") == seen[-1]
        assert len(query("from dyad_trade('DEU', 'FRA')")) == 6
    first = home / "releases" / published[0].split()[1]
    assert published[0] != published[1] and six_digits(first) == seen[0] != seen[1]
    landed = lambda: len(list(home.rglob("year=*/*.parquet")))  # noqa: E731
    assert landed() == 4
    shutil.rmtree(first)
    damaged = home / "snapshots" / "bulk" / "baci" / "x" / "manifest.json"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("{")
    for _ in range(2):
        retention.prune(home)
        assert landed() == 3 and six_digits(home / "current") == seen[1]
    refused = ask("refresh", "--baci", tmp_path / "nothing.zip", "--dyad", "DEU-FRA")
    assert refused.exit_code == 2 and "nothing.zip" in refused.stderr and "published" not in refused.stdout


def test_a_fetched_archive_is_ingested_without_its_path(ask, tmp_path):
    assert "dyad refresh --live --only cepii_baci" in ask("ingest", "baci").stderr
    drop = tmp_path / "home" / "drop" / "cepii_baci"
    drop.mkdir(parents=True)
    baci.write(drop / "baci-hs92-v202601.zip", 2_000, range(2020, 2023))
    [outcome] = refresh_live(tmp_path / "home", SCOPE, only=["cepii_baci"], log=lambda line: None)
    assert outcome.status == "dropped", outcome
    landed = ask("ingest", "baci", "--json")
    assert landed.exit_code == 0 and json.loads(landed.stdout)["release"] == "HS92_V202601", landed.stderr


def test_a_refusal_is_a_line_and_an_exit_code(ask, tmp_path):
    archive = baci.write(tmp_path / "BACI_HS92_V202601", 200, range(2020, 2023))
    with (archive / "BACI_HS92_Y2021_V202601.csv").open("a") as file:
        file.write("2021,4,8,10620,1,1\n")
    refused = ask("ingest", "baci", archive)
    assert refused.exit_code == 1 and "BACI_HS92_Y2021_V202601.csv:" in refused.stderr and "'10620'" in refused.stderr
    assert ask("ingest", "baci", tmp_path / "nothing.zip").exit_code == 2
    assert "dyad ingest baci" in ask("top", "--since", 2020).stderr


def test_the_graph_of_bulk_assets_follows_the_sql():
    known = {spec.key.to_user_string(): {d.asset_key.to_user_string() for d in spec.deps} for spec in world.AGGREGATES}
    assert known == {
        "bulk/chapter": {"bulk/hs6"},
        "bulk/dyad_year": {"bulk/chapter"},
        "bulk/country_year": {"bulk/dyad_year"},
        "bulk/partner_rank": {"bulk/dyad_year"},
    }


def test_every_command_shows_an_example():
    for command in verbs.COMMANDS:
        assert isinstance(command, click.Command) and f"Example: dyad {command.name}" in command.help
