"""Describe the columns that tables share, each once: its meaning, unit and rules.

A table picks a column by its name with `column`; validation, DDL, `COMMENT ON`, Dagster's column schema and the data dictionary are
derived from these entries. Describe a column of a single table in that table's class.
"""

from typing import Any, NamedTuple

import duckdb
import pandas as pd
import pandera.pandas as pa
from pandera import extensions
from pandera.typing import Series

from schemas.day import is_iso_date
from schemas.errors import Unusable

Text = Series[pd.StringDtype]
Whole = Series[pd.Int64Dtype]
Number = Series[pd.Float64Dtype]
Flag = Series[pd.BooleanDtype]
Day = Series[pd.StringDtype]  # ISO text in frames, DATE in the database: `sql_type` says so
TextList = Series[object]

ISO3 = r"^[A-Z]{3}$"
ISO3_LIST = r"^[A-Z]{3}(;[A-Z]{3})*$"
DYAD = r"^[A-Z]{3}-[A-Z]{3}$"
UN = "https://docs.un.org/en/S/"
FLOWS = ["export", "import", "total"]
VOTES = ["yes", "no", "abstain"]
VOTES_OR_NONE = [*VOTES, "no seat", "not documented"]
AGREEMENT_RULES = ["identical", "abstention as half", "contested", "important", "whole resolutions", "published"]
VERDICTS = ["holds", "holds under a named rule", "holds in part", "does not hold", "overtaken", "revised", "not decidable"]
BLOC_STATUSES = ["member", "invited", "partner", "observer", "dialogue_partner"]
CONFIDENCES = ["documented", "single source", "provisional", "disputed"]
FACT = "null"  # for a flag that describes a row and casts no doubt on it
QUALIFICATIONS = [
    *CONFIDENCES[1:], "estimate", "derived", "forecast", "incomplete period", "mirror data", "reconciled", "series inferred", "two reporters", "largest partners only", "incomplete partner table", "some sponsors only",
    "date to the month", "date to the year",
]  # fmt: skip
EXERCISE_CATEGORIES = ["core_military", "paramilitary_police", "coast_guard", "competition", "wider_multilateral"]
EXERCISE_FORMATS = ["bilateral", "multilateral"]
SEA_REGIONS = ["Europe", "Indo-Pacific", "Middle East", "Africa", "Arctic", "Americas"]
PRODUCT_GROUPS = [
    "energy", "machinery and electronics", "vehicles", "metals", "wood and paper",
    "food", "chemicals", "textiles", "other",
]  # fmt: skip


@extensions.register_check_method(statistics=["form"])
def iso_date(values: pd.Series, *, form: str) -> pd.Series:
    """Check that every value is a calendar day in the format `form` (YYYY-MM-DD)."""
    return values.map({value: is_iso_date(value) for value in values.unique()})


def row_rule(sentence: str, sql: str, *columns: str) -> Any:
    """Return a rule about whole rows: a condition in SQL that reads these columns, which messages show of an offending row.

    The condition sees one row, days as ISO text; a row for which it is NULL passes.
    """

    def passes(cls: type, frame: pd.DataFrame) -> pd.Series:
        with duckdb.cursor() as con:
            truth = con.from_df(frame[list(columns)]).project(f"coalesce({sql}, true)").fetchall()
        return pd.Series([passed for (passed,) in truth], frame.index, dtype=bool)

    return pa.dataframe_check(name=sentence, error=sentence, statistics={"sql": sql, "columns": list(columns)})(passes)


class Described(NamedTuple):
    """A column of the vocabulary: its meaning, its unit and the rules it obeys in every table.

    `column` is the column's name if several entries share it, one for each meaning; `unit_column` is the column that gives the
    unit of each row; `is_citation` marks ids of core.evidence; `qualifies` is SQL that returns the
    qualification of a row, one of QUALIFICATIONS or NULL; it is FACT if the column never qualifies its row.
    """

    description: str
    unit: str | None = None
    rules: dict[str, Any] = {}
    sql_type: str | None = None
    column: str | None = None
    unit_column: str | None = None
    is_citation: bool = False
    qualifies: str | None = None


def _day(description: str) -> Described:
    return Described(description, "date", {"iso_date": "YYYY-MM-DD"}, "DATE")


def _list(description: str, column: str | None = None) -> Described:
    return Described(description, None, {}, "VARCHAR[]", column)


def _codes(description: str, column: str | None = None) -> Described:
    return Described(description, None, {"str_matches": ISO3_LIST}, column=column)


def _economy(description: str, column: str) -> Described:
    return Described(description, None, {"str_matches": "^([A-Z]{3}|[0-9]{1,3})$"}, column=column)


def _flag(condition: str, qualification: str) -> str:
    return f"case when {condition} then '{qualification}' end"


def _precision(column: str) -> str:
    return f"case when {column} <> 'day' then 'date to the ' || {column} end"


VOCABULARY: dict[str, Described] = {
    # identity
    "dyad": Described("The pair of states: two ISO 3166 alpha-3 codes in alphabetical order", None, {"str_matches": DYAD}),
    "iso3": Described("ISO 3166-1 alpha-3 code; historical states by their withdrawn code (SUN, YUG)", None, {"str_matches": ISO3}),
    "iso3_a": Described("The dyad's first state, alphabetically", None, {"str_matches": ISO3}),
    "iso3_b": Described("The dyad's second state, alphabetically", None, {"str_matches": ISO3}),
    "name": Described("Name as the source or this project writes it in English"),
    "name_a": Described("Name of the dyad's first state"),
    "name_b": Described("Name of the dyad's second state"),
    "country_name": Described("English short name of the country"),
    "year": Described("Calendar year", "year", {"ge": 1900, "le": 2100}),
    "note": Described("What a reader must know about this row"),
    "title": Described("Title"),
    "source": Described("Source folder the figure comes from: <producer>_<product>"),
    # evidence
    "evidence": _list("Ids in core.evidence of every figure this row was computed from; never empty")._replace(is_citation=True),
    "evidence_id": Described(
        "Id of the bytes behind the row: <source>/<file>@<first 8 of sha256>:<line or lines>; without lines, the whole file",
        is_citation=True,
    ),
    "qualifications": _list(
        "Doubts about, and limits of, the row and the figures it was computed from; empty if there are none; values: "
        + ", ".join(QUALIFICATIONS)
    ),
    "evidence_before": Described("Id of the bytes behind the replaced value", is_citation=True),
    "publisher": Described("Who published the document the figure was read in"),
    "url": Described(
        "Address of the document at its publisher; empty if only the address of a copy is known", None, {"str_startswith": "http"}
    ),
    "is_primary": Described(
        "True for the publisher's own words; false for a copy, and for a press report or blog that quotes another's figures",
        qualifies=FACT,
    ),
    "via": Described("Who copied or quoted the document, in whose text it was read; empty if it was read at its publisher"),
    "via_url": Described("Address of the copy or quotation that was read", None, {"str_startswith": "http"}),
    "as_printed": Described("The value or the words as the document gives them; empty if they were not kept"),
    "locator": Described("Place of the figure in the snapshot: file and line or lines"),
    "published_on": _day("Day the figure became known through this document; if only the month or year is documented, its last day"),
    "published_precision": Described("How exactly published_on is documented", None, {"isin": ["day", "month", "year"]}, qualifies=FACT),
    "read_on": _day("Day the document was read for this project"),
    "known_on": _day("Day this fact became public: the document's day for figures, the event's own day for events"),
    "known_before": _day("Day the replaced value became public"),
    "snapshot_sha256": Described("SHA-256 of the snapshot file that contains the figure", None, {"str_matches": "^[0-9a-f]{64}$"}),
    "file": Described("Snapshot file: below this project's folder (sources/...) or the home (live/...)"),
    "first_line": Described("First line of the figure in the file, counted from 1 with the header as line 1", "line", {"ge": 2}),
    "last_line": Described("Last line of the figure in the file", "line", {"ge": 2}),
    "licence": Described("Licence or terms of the source's figures"),
    "document": Described("Key of the cited document in the source's documents.csv"),
    # trade
    "frequency": Described("Length of the period", None, {"isin": ["annual", "monthly", "year_to_date"]}),
    "period": _day("First day of the period; for year-to-date figures, of its last month"),
    "period_start": _day("First day of the period"),
    "reporter": Described("State or area whose authorities reported the figure (ISO alpha-3)"),
    "reporter_iso3": Described("State or area whose authorities reported the figure", None, {"str_matches": ISO3}),
    "partner_iso3": Described(
        "Counterpart as the reporter names it; WLD world, EUU European Union, ASN ASEAN", None, {"str_matches": ISO3}
    ),
    "is_aggregate": Described("True if partner_iso3 is the world or a group of states, which must not be added to its members"),
    "flow": Described("Direction as seen by the reporter; total is export plus import as published", None, {"isin": FLOWS}),
    "valuation": Described(
        "Price basis: FOB without, CIF with freight and insurance, mixed in two-way totals", None, {"isin": ["FOB", "CIF", "mixed"]}
    ),
    "figure": Described("What the figure is: flow, states and frequency, or indicator and state"),
    "value": Described("Figure in the unit the row states", unit_column="unit"),
    "value_before": Described("Replaced value, in the unit the row states", unit_column="unit"),
    "unit": Described("Unit of the figure as published"),
    "value_usd": Described("Trade value, current US dollars", "USD", {"ge": 0, "le": 1e14}),
    "two_way_total_usd": Described("Exports plus imports of the pair in the period on this basis, current US dollars", "USD", {"ge": 0}),
    "change_pct": Described(
        "Change of value_usd against the same period a year before on the same basis: as published with the figure, since publishers revise "
        "the year before, else computed from the two figures",
        "%",
    ),
    "is_derived": Described(
        "True if no document gives the figure, and it is computed from others of its series", qualifies=_flag("is_derived", "derived")
    ),
    "uncertainty_usd": Described("Largest error that the rounding of its input figures can cause", "USD", {"ge": 0}),
    "month_count": Described("Months of the period", "count", {"ge": 1, "le": 12}),
    "is_estimate": Described(
        "True if the figure is estimated, converted or computed from other figures: by its publisher, by a report that quotes it, or by this "
        "project; the note says which, if it is not the publisher",
        qualifies=_flag("is_estimate", "estimate"),
    ),
    "is_series_inferred": Described(
        "True if the document does not say whose statistics the figure is from; its note says why it is placed in this series",
        qualifies=_flag("is_series_inferred", "series inferred"),
    ),
    "is_partial": Described("True while the period is not complete", qualifies=_flag("is_partial", "incomplete period")),
    "is_current": Described("True for the newest vintage of this source known on the release's day"),
    "is_headline": Described("True for the one basis per period that the chart draws"),
    "basis": Described("Published series the figure belongs to: publisher, reporter and kind"),
    "basis_source": Described("Source folder of the series: <producer>_<product>"),
    "export_source": Described("Source of the country's exports by partner"),
    "import_source": Described("Source of the country's imports by partner"),
    "total_source": Described("Source of two-way totals by partner, if only those are published"),
    "world_source": Described("Source of the country's trade with the world"),
    "reported_by": Described("Who reported the exports or the totals", None, {"isin": ["country", "partner"]}),
    "first_year": Described("First year", "year", {"ge": 1900, "le": 2100}),
    "last_year": Described("Last year", "year", {"ge": 1900, "le": 2100}),
    "compiled_from": Described(
        "Whose reports the series is compiled from: own are those of the state that the figure is of, partners those of the states that it "
        "trades with, both are reconciled with each other",
        None,
        {"isin": ["own", "partners", "both"]},
        qualifies="case compiled_from when 'partners' then 'mirror data' when 'both' then 'reconciled' end",
    ),
    "precedence": Described("Place in the order of preference; 1 is preferred", "rank", {"ge": 1}),
    "exporter": Described("State the goods leave (ISO alpha-3)", None, {"str_matches": ISO3}),
    "importer": Described("State the goods enter (ISO alpha-3)", None, {"str_matches": ISO3}),
    "exporter_iso3": Described("State the goods leave", None, {"str_matches": ISO3}),
    "importer_iso3": Described("State the goods enter", None, {"str_matches": ISO3}),
    "hs_code": Described(
        "Harmonized System code as text with its zeros, or TOTAL", None, {"str_matches": "^([0-9]{2}|[0-9]{4}|[0-9]{6}|TOTAL)$"}
    ),
    "hs_chapter": Described("Harmonized System chapter, two digits", None, {"str_matches": "^[0-9]{2}$"}),
    "exporting_economy": _economy("Economy the goods leave (ISO alpha-3)", "exporter"),
    "importing_economy": _economy("Economy the goods enter (ISO alpha-3)", "importer"),
    "trading_economy": _economy("Economy (ISO alpha-3); the publisher's own code if no crosswalk has it", "country"),
    "partner_economy": _economy("Partner: an economy, or EUU or ASN under rules that count the bloc as one", "partner"),
    "exports_usd": Described("Exports to all economies, current US dollars", "USD", {"ge": 0, "le": 1e14}),
    "imports_usd": Described("Imports from all economies, priced FOB, current US dollars", "USD", {"ge": 0, "le": 1e14}),
    "product_count": Described("Six-digit products traded", "count", {"ge": 1}),
    "exporter_code": Described("Economy the goods leave, in the publisher's own code", None, {"ge": 1, "le": 999}),
    "importer_code": Described("Economy the goods enter, in the publisher's own code", None, {"ge": 1, "le": 999}),
    "product_code": Described("Harmonized System subheading: six digits, zeros in front kept", None, {"str_matches": r"^[0-9]{6}$"}),
    "value_thousand_usd": Described("Trade value, FOB, thousands of current US dollars", "thousand USD", {"ge": 0, "le": 1e12}),
    "product_group": Described("Readable group of HS chapters", None, {"isin": PRODUCT_GROUPS}),
    "quantity_tonnes": Described("Net weight", "tonnes", {"ge": 0}),
    "share_pct": Described("Share of the exporter's sales to the importer in the year", "%", {"ge": 0, "le": 100}),
    "country": Described("State whose trade the row describes (ISO alpha-3)", None, {"str_matches": ISO3}),
    "partner": Described("The other state of the dyad, as a trading partner of country (ISO alpha-3)", None, {"str_matches": ISO3}),
    "reached_pct": Described(
        "Share of the country's trade with the world to which the table's partners must add up at least, instead of 90 %",
        "%",
        {"ge": 0, "le": 100},
    ),
    "un_members_only": Described("True if only UN member states count", qualifies=FACT),
    "blocs_as_one": _codes("Blocs whose members count as one partner, joined by ;"),
    "left_out": _codes("Economies that do not count, joined by ;"),
    "rule": Described("Counting rule that says who counts as a partner: A to E, see raw.counting_rule", None, {"isin": list("ABCDE")}),
    "trade_usd": Described("Exports plus imports of country with partner, current US dollars", "USD", {"ge": 0}),
    "total_trade_usd": Described("Exports plus imports of country with the world, as published, current US dollars", "USD", {"ge": 0}),
    "rank": Described("Place of partner among country's partners under the rule, by two-way trade; 1 is largest", "rank", {"ge": 1}),
    "partner_rank": Described(
        "Place of partner among country's partners under the rule, by two-way trade; 1 is largest", "rank", {"ge": 1}
    ),
    "partner_count": Described("How many partners the rule counted", "count", {"ge": 1}),
    "figure_count": Described("Figures of the table on these lines; equal to the number of lines", "count", {"ge": 1}),
    "is_mirror": Described(
        "True if a figure rests on the partners' reports, not the country's own", qualifies=_flag("is_mirror", "mirror data")
    ),
    "is_complete": Described(
        "True if the table lists every partner, false if only the largest are published",
        qualifies=_flag("not is_complete", "largest partners only"),
    ),
    "is_incomplete": Described(
        "True if a table of all partners adds up to less than 95 % of the country's trade with the world, or lacks a partner that had more than "
        "1 % of it in the nearest listed years before and after",
        qualifies=_flag("is_incomplete", "incomplete partner table"),
    ),
    "incomplete_because": Described("Why ranks and shares of the year are marked as incomplete"),
    "is_two_bases": Described(
        "True if trade and total rest on reports of different states", qualifies=_flag("is_two_bases", "two reporters")
    ),
    "total_basis": Described("Published series that the trade with the world comes from"),
    "period_label": Described("Period as published: year, Jan-Sep and so on"),
    "commodity": Described("Commodity as the source names it"),
    "quantity": Described("Quantity in quantity_unit", None, {"ge": 0}, unit_column="quantity_unit"),
    "quantity_unit": Described("Unit of quantity", None, {"isin": ["tonnes", "Mt", "bcm"]}),
    "indicator": Described("Indicator of the economy, with its unit in the name"),
    "is_forecast": Described("True if the figure was a forecast when published", qualifies=_flag("is_forecast", "forecast")),
    # exercises
    "exercise_id": Described("Stable slug of the exercise", None, {"str_matches": r"^[a-z0-9-]+$"}),
    "series": Described("Series the exercise belongs to"),
    "category": Described("Type of exercise, by the forces or the event", None, {"isin": EXERCISE_CATEGORIES}),
    "format": Described("Bilateral: two states alone; multilateral: with others", None, {"isin": EXERCISE_FORMATS}),
    "domain": Described("Domain as documented: naval, air, land, joint and so on"),
    "is_patrol": Described("True for joint air, naval, submarine and coast-guard patrols", qualifies=FACT),
    "start_date": _day("First day"),
    "end_date": _day("Last day; empty if it is not documented or still to come"),
    "date_precision": Described(
        "How exactly the dates are documented", None, {"isin": ["day", "month", "year"]}, qualifies=_precision("date_precision")
    ),
    "participants": _codes("Participants, ISO alpha-3 codes joined by ;"),
    "participants_list": _list("Participants, ISO alpha-3", "participants"),
    "participants_at_sea": _codes("Participants documented at sea, if fewer than all, ISO alpha-3 codes joined by ;"),
    "participants_at_sea_list": _list("Participants documented at sea, if fewer than all", "participants_at_sea"),
    "hosts": _codes("Hosts, ISO alpha-3 codes joined by ;"),
    "location_name": Described("Place as documented"),
    "region": Described("World region"),
    "latitude": Described("Latitude of a representative point, WGS 84", "degrees", {"ge": -90, "le": 90}),
    "longitude": Described("Longitude of a representative point, WGS 84", "degrees", {"ge": -180, "le": 180}),
    "coordinate_precision": Described("What the point stands for", None, {"isin": ["port", "area", "country"]}, qualifies=FACT),
    "personnel_total": Described("Personnel reported for the whole exercise", "people", {"ge": 0}),
    "confidence": Described(
        "How well the row is documented. documented: by an organiser, the publisher or two independent sources; single source: by one "
        "source, or by secondary sources alone; provisional: implied in part, or only announced; disputed: sources contradict each other",
        None,
        {"isin": CONFIDENCES},
        qualifies="nullif(confidence, 'documented')",
    ),
    "settled_by": Described("Document that would settle a provisional row"),
    "exercise_count": Described("Exercises begun in the year", "count", {"ge": 0}),
    "of_which_patrols": Described("Exercises of exercise_count that are joint patrols", "count", {"ge": 0}),
    "of_which_doubtful": Described(
        "Exercises of exercise_count that are not well documented: single source, provisional or disputed", "count", {"ge": 0}
    ),
    "of_which_doubtful_patrols": Described("Exercises of of_which_doubtful that are joint patrols", "count", {"ge": 0}),
    "other_participants": _list("Participants beyond the dyad, ISO alpha-3"),
    "sea": Described("Sea where the representative point lies"),
    "canonical_sea": Described("Sea under which the charts count it"),
    "is_first_island_chain": Described("True if the chain encloses this sea", qualifies=FACT),
    "seas_text": Described("Seas touched, joined by `;`; the first contains the representative point", column="seas"),
    "seas": _list("All seas the drill touched; the first is `sea`"),
    "touches_first_island_chain": Described("True if one of the seas is enclosed by the first island chain, as listed in raw.sea"),
    # vetoes
    "draft_symbol": Described("UN symbol of the draft; a bracket distinguishes votes under one symbol"),
    "meeting_record": Described("UN symbol of the meeting record, or of the letters for written votes"),
    "draft_url": Described(
        "Address of the draft at the United Nations, built from its symbol; empty if it has none of its own", None, {"str_startswith": UN}
    ),
    "record_url": Described(
        "Address of the meeting record at the United Nations, built from its symbol; empty for written votes", None, {"str_startswith": UN}
    ),
    "vote_date": _day("Day of the vote"),
    "kind": Described(
        "What was voted on", None, {"isin": ["draft", "amendment", "part_vote", "preliminary_question", "secretary_general_recommendation"]}
    ),
    "agenda_item": Described("Agenda item of the Security Council"),
    "topic": Described("Short topic"),
    "vetoed_by_codes": _codes("Permanent members that voted against, joined by ;", "vetoed_by"),
    "vetoed_by": _list("Permanent members that voted against, ISO alpha-3 (SUN before 1991-12-24)"),
    "sponsors_text": Described("Sponsors as documented"),
    "sponsors_codes": _codes("Sponsors, ISO alpha-3 codes joined by `;`; empty if not documented", "sponsors"),
    "sponsors": _list("Sponsors of the draft, ISO alpha-3; NULL if not documented"),
    "sponsors_complete": Described(
        "False if the documented list names only some sponsors", qualifies=_flag("not sponsors_complete", "some sponsors only")
    ),
    "in_favour": Described("Votes in favour", "votes", {"ge": 0, "le": 15}),
    "against": Described("Votes against", "votes", {"ge": 0, "le": 15}),
    "abstained": Described("Abstentions", "votes", {"ge": 0, "le": 15}),
    "not_voting": Described("Seats minus recorded votes", "votes", {"ge": 0, "le": 15}),
    "resolution": Described("UN symbol of the adopted resolution", None, {"str_startswith": "S/RES/"}),
    "member_iso3": Described("Member of the Council", None, {"str_matches": ISO3}),
    "yes_members": _codes("Documented yes votes, joined by ;"),
    "no_members": _codes("Documented no votes, joined by ;"),
    "abstained_members": _codes("Documented abstentions, joined by ;"),
    "yes_members_list": _list("Documented yes votes, ISO alpha-3", "yes_members"),
    "no_members_list": _list("Documented no votes, ISO alpha-3", "no_members"),
    "abstained_members_list": _list("Documented abstentions, ISO alpha-3", "abstained_members"),
    "vote_basis": Described(
        "How the vote is known: a named list, a tally with named exceptions, or this member alone",
        None,
        {"isin": ["named_list", "tally_and_exceptions", "member_only"]},
        column="basis",
    ),
    "seat": Described("Permanent seat"),
    "vote": Described("Recorded vote", None, {"isin": VOTES}),
    "veto_type": Described("Who of the dyad vetoed", None, {"isin": ["joint", "first only", "second only"]}),
    "vote_a": Described("Vote of the dyad's first state", None, {"isin": VOTES_OR_NONE}),
    "vote_b": Described("Vote of the dyad's second state", None, {"isin": VOTES_OR_NONE}),
    "is_amendment": Described(
        "True if the vote was not on a whole draft: on an amendment, a part, a preliminary question or a recommendation"
    ),
    # blocs
    "bloc": Described("Organisation or group of states"),
    "trade_bloc": Described("Organisation or group of states", None, {"isin": ["EUU", "ASN"], "str_matches": ISO3}, column="bloc"),
    "invited_as": Described("What an invited country was invited to be"),
    "start_precision": Described(
        "How exactly the dates are documented", None, {"isin": ["day", "month", "year"]}, qualifies=_precision("start_precision")
    ),
    "end_precision": Described(
        "How exactly the dates are documented", None, {"isin": ["day", "month", "year"]}, qualifies=_precision("end_precision")
    ),
    "decision_date": _day("Day of the decision, often before the status began"),
    "is_founding": Described("True for founding members", qualifies=FACT),
    "status": Described("Status of the country in the bloc", None, {"isin": BLOC_STATUSES}),
    "as_of": _day("Day the row describes"),
    "since": _day("First day of this status"),
    "until": _day("First day after this status; NULL while it lasts"),
    "member_count": Described("Undisputed full members of the bloc on that day", "count", {"ge": 0}),
    "both_sides_are_members": Described("True if both states of the dyad are members on that day"),
    "is_disputed": Described("True if sources disagree about the status", qualifies=_flag("is_disputed", "disputed")),
    "disputed_on": _day("Day by which sources disagreed about the status; empty if they agree"),
    "note_known_on": _day("Day by which everything in the note was public"),
    "event_date": _day("Day of the event"),
    "is_hinge": Described("True if charts shade the time since this day", qualifies=FACT),
    "chapter": Described(
        "Charts that mark the event: of training, trading or voting; empty for all", None, {"isin": ["train", "trade", "vote"]}
    ),
    "with_iso3": Described(
        "Second state that the event concerns; empty if it concerns every pair of the first", None, {"str_matches": ISO3}
    ),
    "member_from": _day("First day of membership"),
    "member_to": _day("Last day of membership; empty while it lasts"),
    "valid_from": _day("First day on which the row is valid; empty if no bound matters"),
    "valid_to": _day("Last day on which the row is valid; empty if it still is"),
    "un_member_from": _day("Day of admission to the United Nations; empty for non-members"),
    "un_member_to": _day("Last day of membership of the United Nations"),
    # codes
    "system": Described("Publisher's code system"),
    "code": Described("Code in that system"),
    "group_code": Described("Code of the aggregate in this warehouse", None, {"str_matches": ISO3}, column="code"),
    "predecessor_iso3": Described("State that ended", None, {"str_matches": ISO3}),
    "successor_iso3": Described("State that continued it", None, {"str_matches": ISO3}),
    "succeeded_on": _day("First day of the successor"),
    # shapes
    "iso_numeric": Described(
        "ISO 3166-1 numeric code with its zeros; -99 if the source gives none", None, {"str_matches": "^([0-9]{3}|-99)$"}
    ),
    "scale": Described("Scale the shape was drawn for; 1:50m marks a point, too small for 1:110m", None, {"isin": ["1:110m", "1:50m"]}),
    "geometry": Described(
        "GeoJSON geometry, longitude and latitude on WGS 84; rings may cross the antimeridian", None, {"str_startswith": '{"type":'}
    ),
    # assembly
    "session": Described(
        "Regular session of the General Assembly; votes of special and emergency sessions are listed under a regular session, usually the "
        "one open at the time",
        "session",
        {"ge": 1},
    ),
    "roll_call": Described("Id of the roll call in its source"),
    "assembly_resolution": Described(
        "UN symbol of the resolution voted on, in whole or in part; empty if the source gives none",
        None,
        {"str_startswith": "A/RES/"},
        column="resolution",
    ),
    "is_important": Described(
        "True if the US Department of State listed the vote as important; empty if the source does not say", qualifies=FACT
    ),
    "on_amendment": Described("True if the vote was on an amendment; empty if the source does not say", qualifies=FACT),
    "on_paragraph": Described("True if the vote was on a paragraph or part; empty if the source does not say", qualifies=FACT),
    # as text, since lists of some 140 states per row are slow to fill and check
    "yes_states": Described("States that voted yes, ISO alpha-3 codes joined by `;`"),
    "no_states": Described("States that voted no, ISO alpha-3 codes joined by `;`"),
    "abstained_states": Described("States that abstained, ISO alpha-3 codes joined by `;`"),
    "subject": Described("Subject of a vote, recognized by words of its title"),
    "agreement_subject": Described("Subject of the votes (raw.assembly_subject); all covers every vote of the session", column="subject"),
    "agreement_rule": Described(
        "What counts as agreement. identical: equal votes; abstention as half: the same, and half an agreement for an abstention beside a "
        "yes or a no; contested: equal votes, among those on which not all voted alike; important: equal votes, among those that the US "
        "Department of State listed as important; whole resolutions: as contested, without votes on paragraphs and amendments; published: "
        "the rate on whole resolutions that the authors of the list publish",
        None,
        {"isin": AGREEMENT_RULES},
        column="rule",
    ),
    "votes": Described("Votes that count under the rule and on which both states voted; an absence is no vote", "votes", {"ge": 1}),
    "agreement_pct": Described("Agreement under the rule, in per cent of votes", "%", {"ge": 0, "le": 100}),
    "last_vote_on": _day("Day of the newest of the votes; the month's last day if only the month is documented"),
    "votes_on": Described(
        "What was voted on: drafts and amendments that a permanent member vetoed (vetoed), adopted resolutions (adopted), both (all)",
        None,
        {"isin": ["vetoed", "adopted", "all"]},
    ),
    "identical_share": Described(
        "Share of identical votes, among roll calls on whole resolutions on which both voted and not all states voted alike",
        "share",
        {"ge": 0, "le": 1},
    ),
    "identical_pct": Described(
        "Identical votes, among roll calls on whole resolutions on which both voted and not all states voted alike",
        "%",
        {"ge": 0, "le": 100},
    ),
    # statements
    "statement_id": Described("Stable slug of the statement", None, {"str_matches": r"^[a-z0-9-]+$"}),
    "said_on": _day("Day of the statement or act"),
    "said_by": Described("Who spoke or acted"),
    "statement_topic": Described("What the statement is about", column="topic"),
    "words": Described("Words of the document, in its language"),
    "stated_value": Described("Figure that the words give, in the unit of the row", unit_column="unit", column="value"),
    # derived figures
    "figure_rule": Described("How the figure is computed, in words", column="rule"),
    "partners_reach_pct": Described(
        "Part of the trade with the world that the partners add up to", "%", {"ge": 0, "le": 100}, column="reached_pct"
    ),
    # claims
    "text": Described("Text that asserts the claim, see catalog.claimed_text", None, {"str_matches": r"^[a-z0-9_]+$"}),
    "claim_id": Described("Id of the claim within its text", None, {"str_matches": "^C[0-9]{2}$"}),
    "section": Described("Section of the text that asserts the claim"),
    "quote": Described("The assertion in a few words of the text"),
    "claim": Described("What the text asserts, in our words"),
    "claim_rule": Described("How the claim is decided", column="rule"),
    "decided_by": Described("The SQL that decides the claim, over published tables only"),
    "value_claimed": Described("Value the text gives"),
    "value_found": Described("Value computed from what was public on the text's day"),
    "verdict": Described("Verdict on the text's day", None, {"isin": VERDICTS}),
    "value_today": Described("Value computed from what was public on the release's day"),
    "verdict_today": Described(
        "Verdict on the release's day; overtaken: right on the text's day, ended by later events; revised: right on the text's day, before "
        "the publisher changed the figure",
        None,
        {"isin": VERDICTS},
    ),
    "reason": Described("Why the claim is not decidable; empty if it is decidable on both days"),
    "article_day": _day("Day of the first verdict: the text's publication, or the release's day if that is earlier"),
    "author": Described("Who wrote the text, if it is signed"),
    # catalogue
    "parameter": Described("Name of the parameter", column="name"),
    "parameter_value": Described("Value of the parameter", column="value"),
    "producer": Described("Who publishes the product"),
    "description": Described("What the product is"),
    "citation": Described("How to cite the source"),
    "licence_url": Described("Address of the licence or terms"),
    "is_bulk_allowed": Described(
        "True if the terms allow passing the figures on in bulk; if false, a published site leaves out the source's rows of raw and core"
    ),
    "cadence_days": Described("Days between the publisher's updates"),
    "source_kind": Described("published by its producer, curated by this project, or bulk: from a landed archive", column="kind"),
    "coverage_first": Described("First day covered", sql_type="DATE"),
    "coverage_last": Described("Last day covered", sql_type="DATE"),
    "coverage_dyads": _list("Pairs that the source covers; NULL if any"),
    "coverage_note": Described("What the source covers, and its gaps"),
    "dataset": Described("Table of schema charts, or `release` for its day, pairs and sources"),
    "key": Described("The row's key"),
    "change": Described("added, removed or changed"),
    "tier": Described(
        "scope (day, pairs, sources or structure), verdict, headline (a headline figure that came, went or moved by more than one per "
        "cent) or other"
    ),
    "column": Described("Column"),
    "before": Described("Value in the followed release"),
    "after": Described("Value in this release"),
    "factor": Described("after divided by before; NULL unless both are numbers and before is not zero"),
    "schema": Described("Schema"),
    "table": Described("Table"),
    "row_count": Described("Rows; NULL for a view"),
    "allowed_value": Described("Value as the rows have it", column="value"),
    "meaning": Described("What the value means"),
    "primary_key": _list("Columns that identify a row; NULL if none are declared"),
    "position": Described("Place in the table, from 1"),
    "type": Described("Type in the database"),
    "raw_kind": Described("Kind of raw table", column="kind"),
    "sha256": Described("SHA-256 of its bytes"),
    "line": Described("Line, the header being line 1"),
}


def column(
    name: str,
    *,
    nullable: bool = False,
    description: str | None = None,
    unit: str | None = None,
    known_from: str | None = None,
    listed_in: str | None = None,
    **rules: Any,
) -> Any:
    """Return the Pandera field of a column in the vocabulary; `description`, `unit` and `rules` may narrow it for one table.

    A column of a single table needs no entry if `description` is given.

    Args:
        name: the entry of the vocabulary.
        nullable: True if a row may lack a value.
        description: replaces the vocabulary's description.
        unit: replaces the vocabulary's unit.
        known_from: column with the day from which this value is known, if it is later than the row's own.
        listed_in: column in which every value must be listed, `raw.sea.sea`.
        **rules: Pandera checks in addition to the vocabulary's.

    Raises:
        Unusable: the vocabulary lacks the name, and no description is given.
    """
    entry = VOCABULARY.get(name) or (Described(description) if description else None)
    if entry is None:
        raise Unusable(f"schemas/fields.py: the column {name} is not described; add it there, or give description=... at its use")
    checks = {**entry.rules, **rules}
    return pa.Field(
        nullable=nullable,
        description=description or entry.description,
        metadata={
            "unit": entry.unit if unit is None else unit,
            "unit_column": entry.unit_column,
            "sql_type": entry.sql_type,
            "is_citation": entry.is_citation,
            "qualifies": entry.qualifies,
            "is_country": checks.get("str_matches") in (ISO3, ISO3_LIST),
            "vocabulary": name,
            "known_from": known_from,
            "listed_in": listed_in,
        },
        **checks,
    )
