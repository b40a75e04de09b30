"""Test the accepted values of settings."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines import config, definitions, inputs
from pipelines.settings import Settings, valid_pair, valid_revision
from schemas.errors import Unusable


@pytest.mark.parametrize("name", ["bilateral_trade", "raw.counting_rule", "raw.bloc_member", "un_comtrade"])
def test_a_revision_of_a_dataset_a_reference_table_or_a_source_can_be_accepted(name: str) -> None:
    assert valid_revision(name) == name


@pytest.mark.parametrize("name", ["raw.trade_flow", "counting_rule", "core.trade_flow"])
def test_a_revision_of_another_table_cannot_be_accepted(name: str) -> None:
    with pytest.raises(Unusable, match=rf"no dataset, reference table or live source {name}: choose one of .*raw\.counting_rule"):
        valid_revision(name)


def test_a_pair_is_two_states_side_by_side() -> None:
    known = {"RUS", "SUN", "CHN", "TZA", "EAZ"}
    assert valid_pair("RUS-CHN", known) == "CHN-RUS" and valid_pair("CHN-SUN", known) == "CHN-SUN"
    for pair, day in (("SUN-RUS", "1991-12-24"), ("TZA-EAZ", "1964-04-26")):
        with pytest.raises(Unusable, match=f"^'{pair}' is not a dyad: one state succeeded the other on {day}; choose another code"):
            valid_pair(pair, known)
    with pytest.raises(Unusable, match="a dyad is two different states"):
        valid_pair("CHN-CHN", known)


def test_pairs_by_name_become_codes_before_anything_reads_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = Settings(dyads=["china-russia", "timor-leste-china", "rus-chn"])
    assert given.scope.dyads == ("CHN-RUS", "CHN-TLS")
    asked = []
    monkeypatch.setattr(inputs.as_source, "sources", lambda trade, dyads: asked.extend(dyads) or [])
    assert inputs.read(tmp_path, given, []).clock.dyads == tuple(asked) == ("CHN-RUS", "CHN-TLS")
    with pytest.raises(Unusable, match="'xx' is not a known country"):
        _ = Settings(dyads=["xx-CHN"]).scope


CONFIG = {
    "as_of": "2024-12-12",
    "dyads": ["CHN-RUS"],
    "accept_revisions": ["un_comtrade"],
    "live": ["all"],
    "since": 2020,
    "set_current": True,
}


def test_a_config_of_plain_values_is_valid() -> None:
    job = definitions.defs().resolve_job_def("refresh")
    assert dg.validate_run_config(job, config.run_config(**CONFIG))
    assert all(field.description for field in config.FIELDS.values())


@pytest.mark.parametrize("field", CONFIG)
def test_no_config_reads_the_environment(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a web page's run could print a key in its refusal."""
    monkeypatch.setenv("DYAD_UN_COMTRADE_KEY", "s3cret")
    value = {"env": "DYAD_UN_COMTRADE_KEY"}
    with pytest.raises(dg.DagsterInvalidConfigError) as refused:
        config = {field: [value] if isinstance(CONFIG[field], list) else value}
        dg.validate_run_config(definitions.defs().resolve_job_def("refresh"), {"resources": {"settings": {"config": config}}})
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("step", ["bulk_landed", "bulk_aggregates"])
def test_no_config_of_an_ingest_reads_the_environment(step: str) -> None:
    name = "path" if step == "bulk_landed" else "engine"
    ops = {"bulk_landed": {"config": {"path": "archive.zip"}}, step: {"config": {name: {"env": "HOME"}}}}
    with pytest.raises(dg.DagsterInvalidConfigError):
        dg.validate_run_config(definitions.defs().resolve_job_def("ingest"), {"ops": ops})


@pytest.mark.parametrize("field", ["sources_folder", "manifest"])
def test_no_config_names_a_folder_of_figures(field: str) -> None:
    config = {"resources": {"settings": {"config": {field: "/elsewhere"}}}}
    with pytest.raises(dg.DagsterInvalidConfigError):
        dg.validate_run_config(definitions.defs().resolve_job_def("refresh"), config)
