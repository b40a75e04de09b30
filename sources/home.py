"""Name the folders below a home that keep what publishers sent; `warehouse.home` names all others."""

SNAPSHOTS = "snapshots"  # every answer's bytes, once
LIVE = "live"  # what the answers add to the bundled snapshots: a folder a source and day
DROP = "drop"  # files that a person put there, a folder a source
