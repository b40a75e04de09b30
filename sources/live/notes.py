"""Write notes for a person on the current answers: new columns, and differences from the curated lists.

Put here notes without consequences, not reasons to refuse an answer (`plausibility`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from schemas.errors import Note
from sources.connector import Connector
from sources.live import answers, vintages
from sources.live.parsing import Parser

SHOWN = 5


def on_current_answers(home: Path, connector: Connector, folder: Path, parser: Parser) -> list[Note]:
    """Return the notes on a source's newest answers, whichever run fetched them."""
    lines: list[Note] = []
    if not connector.parse:
        return lines
    origin = yaml.safe_load((folder / connector.source / "origin.yaml").read_text("utf-8"))
    for row in answers.latest(home, connector.source).values():
        request = row.request
        if not request.kind or request.is_bundle:
            continue
        parsed = parser.parse_stored(row)
        lines += [f"{request.name}: {note}" for note in parsed.notes]
        if request.against:
            curated = vintages.newest_rows(vintages.snapshot_files(home, folder, request.against), request.kind)
            lines += first_lines(request.name, vintages.differences(request.kind, parsed.rows, curated))
        elif vintages.is_event(request.kind) and (ends := list_ends(origin, [row])):
            curated = vintages.newest_rows(vintages.snapshot_files(home, folder, connector.source, "0000"), request.kind)
            lines += first_lines(request.kind, vintages.differences(request.kind, parsed.rows, curated, ends))
    return lines


def list_ends(origin: dict[str, Any], rows: Sequence[answers.Row]) -> str:
    """Return the last day of the bundled list, after which a publisher's events are added; empty without a list or for dropped rows."""
    is_list = origin.get("bundled", True) and not any(row.request.is_bundle for row in rows)
    return str(origin["coverage"]["last"]) if is_list else ""


def first_lines(name: str, lines: Sequence[Note]) -> list[Note]:
    """Return the first lines, each with the name in front, and the number of the others."""
    more = [f"{name}: and {len(lines) - SHOWN} more differences"] if len(lines) > SHOWN else []
    return [f"{name}: {line}" for line in lines[:SHOWN]] + more
