"""Name the folders below a home that keep publishers' answers; `warehouse.home` names all others."""

SNAPSHOTS = "snapshots"  # every answer's bytes, once
LIVE = "live"  # rows that the answers add to the bundled snapshots, a folder per source and day
DROP = "drop"  # files that a person put there, a folder per source
REWRITING = "REWRITING"  # in a source's live folder while its days are written; if a killed run left it, the next run writes all days
