"""Build tables from snapshots as a refresh does, without publishing a release."""

from collections.abc import Sequence

from sources.snapshot import Source
from warehouse.build import catalog, claims, land, layers
from warehouse.build.clock import Clock
from warehouse.build.database import Connection


def build(con: Connection, sources: Sequence[Source], clock: Clock) -> None:
    """Land the sources and fill the tables of all layers, and `charts.claims`, without deleting what became known after the day."""
    list(land.land(con, sources))
    catalog.fill(con, sources, clock)
    for layer in ("core", "charts"):
        list(layers.run_layer(con, layer, clock))
    claims.create(con)
    claims.decide(con, claims.decide_then(con, clock))
