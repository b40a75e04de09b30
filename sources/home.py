"""Name the folders below a home that keep publishers' answers, and the folder of the sources; `warehouse.home` names all others."""

from pathlib import Path

BUNDLED = Path(__file__).parent  # a folder per source

SNAPSHOTS = "snapshots"  # every answer's bytes, once
LIVE = "live"  # rows that the answers add to the bundled snapshots, a folder per source and day
DROP = "drop"  # files that a person put there, a folder per source
REWRITING = "REWRITING"  # in a source's live folder while its days are written; if a killed run left it, the next run writes all days


def names(folder: Path) -> list[str]:
    """Return the names of the sources in a folder of sources."""
    return sorted(path.parent.name for path in folder.glob("*/origin.yaml"))
