"""Declare the tables that describe a release: schema `catalog`, and the lists of snapshot files and citable lines in schema `raw`.

Put a table here if it describes the release or its sources; put figures in `raw`, `core` or `charts`.
"""

from functools import partial

from schemas.fields import Day, Flag, Number, Text, TextList, Whole, column
from schemas.table import Table, has_title

day = partial(column, unit="")


class CatalogTable(Table, rules=(has_title,)):
    """Settings of the tables in schema `catalog`."""


class BookkeepingTable(Table, rules=(has_title,)):
    """Settings of the tables in schema `raw` that list snapshot files or their lines."""


class Parameter(CatalogTable):
    """Parameters that the release was built with, by name; `as_of` is the last day whose figures the release contains."""

    name: Text = column("parameter")
    value: Text = column("parameter_value")


class Dyad(CatalogTable):
    """The pairs of states the release was made for."""

    dyad: Text = column("dyad", description="The pair of states")


class Source(CatalogTable):
    """Every source with its terms and coverage, from its origin.yaml."""

    source: Text = column("source", description="Source folder: <producer>_<product>")
    producer: Text = column("producer")
    title: Text = column("title")
    description: Text = column("description")
    url: Text = column("url", nullable=True, description="Address of the source")
    citation: Text = column("citation")
    licence: Text = column("licence", description="Licence or terms of its figures")
    licence_url: Text = column("licence_url", nullable=True)
    is_bulk_allowed: Flag = column("is_bulk_allowed")
    cadence_days: Whole = column("cadence_days")
    kind: Text = column("source_kind")
    coverage_first: Day = column("coverage_first", nullable=True)
    coverage_last: Day = column("coverage_last", nullable=True)
    coverage_dyads: TextList = column("coverage_dyads", nullable=True)
    coverage_note: Text = column("coverage_note")


class ClaimedText(CatalogTable):
    """Texts whose claims are decided in charts.claims."""

    text: Text = column("text", description="Folder of the text's claims")
    title: Text = column("title")
    author: Text = column("author", nullable=True)
    publisher: Text = column("publisher", description="Who published the text")
    published_on: Day = day("published_on", description="Day the text was published")
    url: Text = column("url", description="Address of the text")


class Change(CatalogTable):
    """Differences from the release that this one follows, the gravest first."""

    dataset: Text = column("dataset")
    key: Text = column("key")
    change: Text = column("change")
    tier: Text = column("tier")
    changed_column: Text = column(
        "column",
        alias="column",
        nullable=True,
        description="Column that changed, or the measure of an added or removed row; in the tier scope, what differs",
    )
    before: Text = column("before", nullable=True)
    after: Text = column("after", nullable=True)
    factor: Number = column("factor", nullable=True)


class Tables(CatalogTable):
    """Every table and view of the warehouse that has a description."""

    schema: Text = column("schema")
    table: Text = column("table")
    description: Text = column("description", description="What one row is")
    row_count: Whole = column("row_count", nullable=True)
    primary_key: TextList = column("primary_key", nullable=True)


class Columns(CatalogTable):
    """Every column of these tables and views that has a description."""

    schema: Text = column("schema")
    table: Text = column("table")
    position: Whole = column("position")
    described_column: Text = column("column", alias="column")
    type: Text = column("type")
    description: Text = column("description", description="Meaning of the column, its unit in brackets")


class Values(CatalogTable):
    """Every allowed value of every coded column."""

    schema: Text = column("schema")
    table: Text = column("table")
    coded_column: Text = column("column", alias="column")
    value: Text = column("allowed_value", alias="value")
    meaning: Text = column("meaning")


class SnapshotFile(BookkeepingTable):
    """Every snapshot file that was loaded."""

    source: Text = column("source", description="Source folder")
    file: Text = column("file", description="File: below this project's folder (sources/...) or the home (live/...)")
    kind: Text = column("raw_kind")
    sha256: Text = column("sha256")
    licence: Text = column("licence", description="Licence or terms of its figures")
    read_on: Day = day("read_on", nullable=True, description="Newest day a document of its source was read")


class FigureLine(BookkeepingTable):
    """Every line of a snapshot file that can be cited."""

    evidence_id: Text = column("evidence_id", description="Id of the bytes: <source>/<file>@<first 8 of sha256>:<line>")
    source: Text = column("source", description="Source folder")
    document: Text = column("document", description="Document the figure was read in")
    kind: Text = column("raw_kind")
    file: Text = column("file", description="File: below this project's folder (sources/...) or the home (live/...)")
    line: Whole = column("line")
    as_printed: Text = column("as_printed", nullable=True)
    note: Text = column("note", nullable=True)
    qualifications: TextList = column("qualifications")


class WholeFile(BookkeepingTable):
    """Snapshot files as a whole, cited as evidence that a list lacks an entry."""

    source: Text = column("source", description="Source folder")
    kind: Text = column("raw_kind")
    file: Text = column("file", description="File: below this project's folder (sources/...) or the home (live/...)")
    first_line: Whole = column("first_line", unit="", description="First line known on the release's day; 1, the header, if none is")
    last_line: Whole = column("last_line", unit="", description="Last line known on the release's day")
    evidence_id: Text = column("evidence_id", description="Id of the bytes, without lines")
    read_on: Day = day("read_on", nullable=True, description="Newest day a document of its source was read")
