"""Note what a person should look at in the answers that stand: new columns, and differences from our lists.

Put here notes that change nothing, not reasons to refuse an answer (`plausibility`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from sources.connector import Connector
from sources.live import answers, vintages
from sources.live.parsing import Parser

SHOWN = 5


def of_standing_answers(home: Path, connector: Connector, folder: Path, parser: Parser) -> list[str]:
    """Return the notes on a source's newest answers, whenever they came."""
    lines: list[str] = []
    if not connector.parse:
        return lines
    origin = yaml.safe_load((folder / connector.source / "origin.yaml").read_text("utf-8"))
    for row in answers.latest(home, connector.source).values():
        request = row.request
        if not request.kind or request.is_bundle:
            continue
        parsed = parser.stored(row)
        lines += [f"{request.name}: {note}" for note in parsed.notes]
        if request.against:
            ours = vintages.known(vintages.snapshot_files(home, folder, request.against), request.kind)
            lines += listed(request.name, vintages.differences(request.kind, parsed.rows, ours))
        elif vintages.is_event(request.kind) and (ends := list_ends(origin, [row])):
            ours = vintages.known(vintages.snapshot_files(home, folder, connector.source, "0000"), request.kind)
            lines += listed(request.kind, vintages.differences(request.kind, parsed.rows, ours, ends))
    return lines


def list_ends(origin: dict[str, Any], rows: Sequence[answers.Row]) -> str:
    """Return the last day of the curated list, after which a publisher adds events; a person adds them whenever they were."""
    is_list = origin.get("bundled", True) and not any(row.request.is_bundle for row in rows)
    return str(origin["coverage"]["last"]) if is_list else ""


def listed(name: str, lines: Sequence[str]) -> list[str]:
    """Return the first lines under a name, and how many more there are."""
    more = [f"{name}: and {len(lines) - SHOWN} more differences"] if len(lines) > SHOWN else []
    return [f"{name}: {line}" for line in lines[:SHOWN]] + more
