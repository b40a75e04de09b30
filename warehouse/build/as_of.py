"""Delete from a build what became known after its day."""

import duckdb

from schemas import raw
from warehouse.build.clock import Clock

# columns of a spell of membership that describe later days -> the column with the day they became known
_TOLD_OF_A_SPELL = {
    "end_date = null, end_precision = null": "end_date",
    "is_disputed = false, disputed_on = null": "disputed_on",
    "note = null, note_known_on = null": "note_known_on",
}


def forget(con: duckdb.DuckDBPyConnection, clock: Clock) -> None:
    """Delete later knowledge from the landed and audited rows, so that the release does not contain it."""
    later = {
        "document": "(source, document) in (select (source, document) from raw.documents where published_on > $day)",
        "draft_symbol": "draft_symbol in (select draft_symbol from raw.veto where vote_date > $day)",
    }
    for kind, column in sorted(raw.KNOWN_FROM.items(), key=lambda known: known[1] != "draft_symbol"):  # before its veto goes
        con.execute(f"delete from raw.{kind} where {later.get(column, f'{column} > $day')}", {"day": clock.as_of})
    for told, known in _TOLD_OF_A_SPELL.items():
        con.execute(f"update raw.membership set {told} where {known} > $day", {"day": clock.as_of})
    con.execute("delete from raw.documents as d where (d.source, d.document) not in (select (source, document) from raw.figure_line)")
    con.execute("update catalog.source set coverage_first = null, coverage_last = null where coverage_first > $day", {"day": clock.as_of})
    con.execute("update catalog.source set coverage_last = $day where coverage_last > $day", {"day": clock.as_of})
