"""Declare the settings of a refresh to Dagster, for the web page, the schedules and the command line."""

from typing import Any

import dagster as dg

from pipelines.settings import DEFAULT_DYAD, EVERYONE, YEARS_BACK, Settings

# `String`, `Int` and `Bool`, not `StringSource` and the like: those may name an environment variable, whose content a refusal would quote
FIELDS = {
    "as_of": dg.Field(dg.String, default_value="", description="Use only what was public on this day, YYYY-MM-DD; empty for the newest"),
    "dyads": dg.Field([dg.String], default_value=[DEFAULT_DYAD], description="Pairs of states, such as CHN-RUS"),
    "accept_revisions": dg.Field(
        [dg.String], default_value=[], description="Datasets, reference tables or sources whose changes are accepted"
    ),
    "live": dg.Field([dg.String], default_value=[], description=f"Sources to ask first, such as world_bank_wdi; {EVERYONE} for every one"),
    "since": dg.Field(dg.Int, default_value=0, description=f"With live: the first year to request; 0 for {YEARS_BACK} years ago"),
    "set_current": dg.Field(
        dg.Bool, default_value=False, description="Make the release current although it is of other pairs or of an earlier day"
    ),
    "allow_empty": dg.Field(dg.Bool, default_value=False, description="Publish although no dataset has a row"),
}


@dg.resource(config_schema=FIELDS, description="The settings of a refresh")
def settings(context: dg.InitResourceContext) -> Settings:
    """Return the settings of a run's config."""
    return Settings(**context.resource_config)


def run_config(**settings: Any) -> dict[str, Any]:
    """Return Dagster's run config for these settings, without empty ones."""
    config = {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items() if value}
    return {"resources": {"settings": {"config": config}}, "loggers": {"progress": {}}}
