"""Declare the raw tables: the columns, key and checks of each kind of snapshot file.

Put a kind of file here, `snapshot/<kind>.csv`, whichever sources have it; unit conversion and the choice between publishers
belong in `core`. The class name gives the file name; `key` is unique within a source. Landing a file adds source, file, line and
evidence_id.
"""

from typing import Any

from schemas import render
from schemas.fields import Day, Flag, Number, Text, Whole, column, row_rule
from schemas.table import EVERY_TABLE, Known, Parent, Spells, Table, is_kind


class RawTable(Table, rules=(*EVERY_TABLE, is_kind)):
    """Settings of all raw kinds; text that does not convert to the declared type is refused."""


def settled_if_provisional() -> Any:
    """Return the rule that a provisional row, and no other, names the document that would settle it."""
    sentence = "a provisional row names what would settle it, no other row does"
    return row_rule(sentence, "(confidence = 'provisional') = (settled_by is not null)", "confidence", "settled_by")


class Documents(RawTable, key=("document",), known_from=Known.CITED):
    """Documents a source's figures were read in; every figure names one."""

    document: Text = column("document")
    publisher: Text = column("publisher")
    title: Text = column("title")
    url: Text = column("url", nullable=True)
    is_primary: Flag = column("is_primary")
    via: Text = column("via", nullable=True)
    via_url: Text = column("via_url", nullable=True)
    published_on: Day = column("published_on")
    published_precision: Text = column("published_precision")
    read_on: Day = column("read_on")
    note: Text = column("note", nullable=True)
    names_the_copy = row_rule(
        "a document has an address, a copy says who copied it, and a copy is not primary",
        "coalesce(url, via_url) is not null and (via_url is null or via is not null) and (via is null or not coalesce(is_primary, false))",
        "url", "is_primary", "via", "via_url",
    )  # fmt: skip


class TradeFlow(
    RawTable,
    key=("frequency", "period", "reporter_iso3", "partner_iso3", "flow", "document", "is_partial"),
    known_from=Known.DOCUMENT,
    period="period",
):
    """Merchandise trade of a reporter with a partner in a period, as one document published it."""

    frequency: Text = column("frequency")
    period: Day = column("period")
    reporter_iso3: Text = column("reporter_iso3")
    partner_iso3: Text = column("partner_iso3")
    flow: Text = column("flow")
    valuation: Text = column("valuation")
    value: Number = column("value", ge=0, le=1e15)
    unit: Text = column("unit", isin=["USD", "thousand USD"])
    is_estimate: Flag = column("is_estimate")
    is_partial: Flag = column("is_partial")
    is_series_inferred: Flag | None = column("is_series_inferred", nullable=True)
    document: Text = column("document")
    as_printed: Text | None = column("as_printed", nullable=True)
    note: Text = column("note", nullable=True)


class TradeGrowth(
    RawTable, key=("frequency", "period", "reporter_iso3", "partner_iso3", "flow", "document"), known_from=Known.DOCUMENT, period="period"
):
    """Growth of merchandise trade over the same period a year before, as one document published it."""

    frequency: Text = column("frequency")
    period: Day = column("period")
    reporter_iso3: Text = column("reporter_iso3")
    partner_iso3: Text = column("partner_iso3")
    flow: Text = column("flow")
    change_pct: Number = column("change_pct", gt=-100, description="Change over the year before, as published")
    document: Text = column("document")
    as_printed: Text | None = column("as_printed", nullable=True)
    note: Text = column("note", nullable=True)


class TradeByProduct(
    RawTable, key=("year", "exporter_iso3", "importer_iso3", "hs_code", "document"), known_from=Known.DOCUMENT, period="year"
):
    """Trade from exporter to importer by Harmonized System code."""

    year: Whole = column("year")
    exporter_iso3: Text = column("exporter_iso3")
    importer_iso3: Text = column("importer_iso3")
    hs_code: Text = column("hs_code")
    value_usd: Number = column("value_usd")
    quantity_tonnes: Number = column("quantity_tonnes", nullable=True)
    document: Text = column("document")
    as_printed: Text | None = column("as_printed", nullable=True)
    note: Text = column("note", nullable=True)
    between_states = row_rule("exporter and importer differ", "exporter_iso3 != importer_iso3", "exporter_iso3", "importer_iso3")


class PartnerRank(RawTable, key=("year", "country", "partner", "rule", "document"), known_from=Known.DOCUMENT, period="year"):
    """Place of a country's partner under a counting rule, computed from a source that covers the whole world."""

    year: Whole = column("year")
    country: Text = column("country")
    partner: Text = column("partner")
    rule: Text = column("rule")
    trade_usd: Number = column("trade_usd")
    total_trade_usd: Number = column("total_trade_usd")
    rank: Whole = column("rank")
    partner_count: Whole = column("partner_count")
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class EnergyVolume(
    RawTable,
    key=("year", "period_label", "commodity", "exporter_iso3", "importer_iso3", "document"),
    known_from=Known.DOCUMENT,
    period="year",
):
    """Physical volumes of energy trade, as customs or companies stated them."""

    year: Whole = column("year")
    period_label: Text = column("period_label")
    commodity: Text = column("commodity")
    hs_code: Text = column(
        "hs_code", str_matches="^[0-9]{4,6}(-[0-9]{4,6})?$", description="Harmonized System code, or first and last of a range"
    )
    exporter_iso3: Text = column("exporter_iso3")
    importer_iso3: Text = column("importer_iso3")
    quantity: Number = column("quantity", nullable=True)
    quantity_unit: Text = column("quantity_unit", nullable=True)
    value_usd: Number = column("value_usd", nullable=True)
    document: Text = column("document")
    as_printed: Text | None = column("as_printed", nullable=True)
    note: Text = column("note", nullable=True)


class EconomyIndicator(RawTable, key=("iso3", "year", "indicator", "document"), known_from=Known.DOCUMENT, period="year"):
    """Macroeconomic figures; each vintage of a figure is a row with its own document."""

    iso3: Text = column("iso3")
    year: Whole = column("year")
    indicator: Text = column("indicator")
    value: Number = column("value")
    unit: Text = column("unit")
    is_forecast: Flag = column("is_forecast")
    document: Text = column("document")
    as_printed: Text | None = column("as_printed", nullable=True)
    note: Text = column("note", nullable=True)


class Exercise(RawTable, key=("exercise_id",), known_from="start_date"):
    """Exercises and patrols of any two or more states, with their participants."""

    exercise_id: Text = column("exercise_id")
    name: Text = column("name")
    series: Text = column("series", nullable=True)
    category: Text = column("category")
    format: Text = column("format")
    domain: Text = column("domain")
    is_patrol: Flag = column("is_patrol")
    start_date: Day = column("start_date")
    end_date: Day = column("end_date", nullable=True)
    date_precision: Text = column("date_precision")
    participants: Text = column("participants")
    participants_at_sea: Text = column("participants_at_sea", nullable=True)
    hosts: Text = column("hosts", nullable=True)
    location_name: Text = column("location_name", nullable=True)
    seas: Text = column("seas_text", nullable=True, listed_in="raw.sea.sea")
    region: Text = column("region")
    latitude: Number = column("latitude", nullable=True)
    longitude: Number = column("longitude", nullable=True)
    coordinate_precision: Text = column("coordinate_precision", nullable=True)
    personnel_total: Whole = column("personnel_total", nullable=True)
    confidence: Text = column("confidence")
    settled_by: Text = column("settled_by", nullable=True)
    document: Text = column("document")
    as_printed: Text | None = column("as_printed", nullable=True)
    note: Text = column("note", nullable=True)
    is_settled = settled_if_provisional()
    ends_after_start = row_rule("end_date is not before start_date", "end_date >= start_date", "start_date", "end_date")


class Veto(RawTable, key=("draft_symbol",), known_from="vote_date"):
    """Votes of the Security Council that a permanent member's negative vote defeated."""

    draft_symbol: Text = column("draft_symbol")
    meeting_record: Text = column("meeting_record")
    vote_date: Day = column("vote_date")
    kind: Text = column("kind")
    agenda_item: Text = column("agenda_item")
    topic: Text = column("topic", nullable=True)
    vetoed_by: Text = column("vetoed_by_codes")
    sponsors: Text = column("sponsors_codes", nullable=True)
    sponsors_complete: Flag = column("sponsors_complete", nullable=True)
    in_favour: Whole = column("in_favour", nullable=True)
    against: Whole = column("against", nullable=True)
    abstained: Whole = column("abstained", nullable=True)
    not_voting: Whole = column("not_voting", nullable=True)
    confidence: Text = column("confidence")
    settled_by: Text = column("settled_by", nullable=True)
    document: Text = column("document")
    as_printed: Text | None = column("as_printed", nullable=True)
    note: Text = column("note", nullable=True)
    is_settled = settled_if_provisional()


class RollCall(RawTable, key=("draft_symbol", "member_iso3"), known_from=Parent(Veto, "draft_symbol")):
    """Recorded votes of single members on vetoed drafts."""

    draft_symbol: Text = column("draft_symbol", listed_in="raw.veto.draft_symbol")
    member_iso3: Text = column("member_iso3")
    vote: Text = column("vote")
    basis: Text = column("vote_basis")
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class ResolutionVote(RawTable, key=("resolution", "member_iso3", "document"), known_from="vote_date"):
    """Recorded votes of single members on adopted resolutions of the Security Council; a member that did not vote has no row.

    Vetoed and failed drafts are never among them: agreement computed from this table alone is biased upwards.
    """

    resolution: Text = column("resolution")
    vote_date: Day = column("vote_date")
    member_iso3: Text = column("member_iso3")
    vote: Text = column("vote")
    meeting_record: Text = column("meeting_record", nullable=True)
    agenda_item: Text = column("agenda_item", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class FailedDraft(RawTable, key=("draft_symbol",), known_from="vote_date"):
    """Drafts that failed without a veto, which claim C14 reads beside the vetoes; the list is not complete."""

    draft_symbol: Text = column("draft_symbol")
    vote_date: Day = column("vote_date", nullable=True)
    meeting_record: Text = column("meeting_record", nullable=True)
    kind: Text = column("kind", isin=["draft", "amendment"])
    sponsors_text: Text = column("sponsors_text", nullable=True)
    in_favour: Whole = column("in_favour", nullable=True)
    against: Whole = column("against", nullable=True)
    abstained: Whole = column("abstained", nullable=True)
    yes_members: Text = column("yes_members", nullable=True)
    no_members: Text = column("no_members", nullable=True)
    abstained_members: Text = column("abstained_members", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class AssemblyVote(RawTable, key=("roll_call", "document"), known_from="vote_date"):
    """Recorded votes of the General Assembly, one row per roll call, with its states listed by vote; an absent state is in no list."""

    roll_call: Text = column("roll_call")
    session: Whole = column("session")
    vote_date: Day = column("vote_date", description="Day of the vote; the month's last day if only the month is documented")
    date_precision: Text = column("date_precision")
    resolution: Text = column("assembly_resolution", nullable=True)
    title: Text = column("title", nullable=True)
    is_important: Flag = column("is_important", nullable=True)
    on_amendment: Flag = column("on_amendment", nullable=True)
    on_paragraph: Flag = column("on_paragraph", nullable=True)
    yes_members: Text = column("yes_members", nullable=True)
    no_members: Text = column("no_members", nullable=True)
    abstained_members: Text = column("abstained_members", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class AssemblySubject(RawTable, key=("subject", "word"), known_from=Known.ALWAYS):
    """Subjects of votes of the General Assembly, one row for each word that stands for a subject if a title contains it."""

    subject: Text = column("subject")
    word: Text = column(
        "word", description="Word or part of one; a roll call is about the subject if its title contains it, in upper or lower case"
    )
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class AssemblyAgreement(RawTable, key=("session", "iso3_a", "iso3_b", "document"), known_from=Known.DOCUMENT, period="year"):
    """Share of identical votes of two states in a session of the General Assembly, as its source computed it."""

    session: Whole = column("session")
    year: Whole = column("year", description="Year in which the session opened")
    iso3_a: Text = column("iso3_a")
    iso3_b: Text = column("iso3_b")
    identical_share: Number = column("identical_share")
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class Statement(RawTable, key=("statement_id",), known_from="said_on"):
    """Statements and acts of states, leaders and organisations, in the words of the document that gives them."""

    statement_id: Text = column("statement_id")
    said_on: Day = column("said_on")
    date_precision: Text = column("date_precision")
    said_by: Text = column("said_by")
    topic: Text = column("statement_topic")
    as_printed: Text = column("as_printed", description="Words of the statement or act, as the document gives them")
    value: Number = column("stated_value", nullable=True)
    unit: Text = column("unit", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class Membership(
    RawTable,
    key=("bloc", "iso3", "status", "start_date"),
    known_from="start_date",
    spells=Spells(per=("bloc", "iso3"), first="start_date", end="end_date", includes_end=False),
    nullable_key=("start_date",),
):
    """Status of a country in a bloc over a spell of time, start included, end excluded."""

    bloc: Text = column("bloc")
    iso3: Text = column("iso3")
    country_name: Text = column("country_name")
    status: Text = column("status")
    invited_as: Text = column("invited_as", nullable=True)
    start_date: Day = column("start_date", nullable=True)
    start_precision: Text = column("start_precision", nullable=True)
    end_date: Day = column("end_date", nullable=True, known_from="end_date", description="First day after the spell; empty while it lasts")
    end_precision: Text = column("end_precision", nullable=True, known_from="end_date")
    decision_date: Day = column("decision_date", nullable=True)
    is_founding: Flag = column("is_founding")
    confidence: Text = column("confidence")
    settled_by: Text = column("settled_by", nullable=True)
    is_disputed: Flag = column("is_disputed", known_from="disputed_on")
    disputed_on: Day = column("disputed_on", nullable=True, known_from="disputed_on")
    document: Text = column("document")
    as_printed: Text | None = column("as_printed", nullable=True)
    note: Text = column("note", nullable=True, known_from="note_known_on")
    note_known_on: Day = column("note_known_on", nullable=True, known_from="note_known_on")
    is_settled = settled_if_provisional()
    ends_after_start = row_rule("end_date is not before start_date", "end_date >= start_date", "start_date", "end_date")


class Country(RawTable, key=("iso3",), known_from=Known.ALWAYS):
    """Economies and states, historical ones included; beside the aggregates of raw.economy_group, the warehouse accepts no other codes."""

    iso3: Text = column("iso3")
    name: Text = column("name")
    valid_from: Day = column("valid_from", nullable=True)
    valid_to: Day = column("valid_to", nullable=True)
    un_member_from: Day = column("un_member_from", nullable=True)
    un_member_to: Day = column("un_member_to", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class EconomyGroup(RawTable, key=("code",), known_from=Known.ALWAYS):
    """Aggregates that publishers list beside economies: WLD, EUU and ASN. They are never ranked as states."""

    code: Text = column("group_code")
    name: Text = column("name")
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class Succession(RawTable, key=("predecessor_iso3", "successor_iso3"), known_from=Known.ALWAYS):
    """States that ended, the state that continued each, and from what day."""

    predecessor_iso3: Text = column("predecessor_iso3")
    successor_iso3: Text = column("successor_iso3")
    succeeded_on: Day = column("succeeded_on")
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class UnscSeat(RawTable, key=("seat", "valid_from"), known_from=Known.ALWAYS):
    """Holders of the permanent seats of the Security Council, by date."""

    seat: Text = column("seat")
    iso3: Text = column("iso3")
    valid_from: Day = column("valid_from", description="First day on which the state held the seat")
    valid_to: Day = column("valid_to", nullable=True, description="Last day on which the state held the seat; empty while it does")
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class CountryCode(RawTable, key=("system", "code", "iso3", "valid_from"), known_from=Known.ALWAYS, nullable_key=("valid_from",)):
    """Crosswalk from publishers' country codes to ISO alpha-3, by date."""

    system: Text = column("system")
    code: Text = column("code")
    iso3: Text = column("iso3")
    valid_from: Day = column("valid_from", nullable=True)
    valid_to: Day = column("valid_to", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class BlocMember(
    RawTable,
    key=("bloc", "iso3", "member_from"),
    known_from="member_from",
    spells=Spells(per=("iso3",), first="member_from", end="member_to", includes_end=True),
    is_pinned=True,
):
    """Members by date of the blocs that counting rules treat as one partner: the EU (EUU) and ASEAN (ASN)."""

    bloc: Text = column("trade_bloc")
    iso3: Text = column("iso3")
    member_from: Day = column("member_from")
    member_to: Day = column("member_to", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class CountingRule(RawTable, key=("rule",), known_from=Known.ALWAYS):
    """The five rules for who counts as a trading partner."""

    rule: Text = column("rule")
    title: Text = column("title")
    un_members_only: Flag = column("un_members_only")
    blocs_as_one: Text = column("blocs_as_one", nullable=True)
    left_out: Text = column("left_out", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class HsChapter(RawTable, key=("hs_chapter",), known_from=Known.ALWAYS):
    """Chapters of the Harmonized System and the readable group each belongs to."""

    hs_chapter: Text = column("hs_chapter")
    title: Text = column("title")
    product_group: Text = column("product_group")
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class Sea(RawTable, key=("sea",), known_from=Known.ALWAYS):
    """Seas, the larger sea each belongs to, its region, a wide box around it, and whether the first island chain encloses it."""

    sea: Text = column("sea", description="Sea, gulf or strait as exercises name it")
    canonical_sea: Text = column("canonical_sea")
    region: Text = column("region", isin=["Europe", "Indo-Pacific", "Middle East", "Africa", "Arctic", "Americas"])
    is_first_island_chain: Flag = column("is_first_island_chain")
    south: Number = column("south", description="Latitude of the box's southern side", unit="degrees", ge=-90, le=90)
    north: Number = column("north", description="Latitude of the box's northern side", unit="degrees", ge=-90, le=90)
    west: Number = column("west", description="Longitude of the box's western side", unit="degrees", ge=-180, le=180)
    east: Number = column(
        "east", description="Longitude of the box's eastern side; above 180 beyond the antimeridian", unit="degrees", le=360
    )
    document: Text = column("document")
    note: Text = column("note", nullable=True)
    box_is_open = row_rule("south is below north and west of east", "south < north and west < east", "south", "north", "west", "east")


class IslandChain(RawTable, key=("position",), known_from=Known.ALWAYS):
    """Islands through which the first island chain is drawn on maps, from north to south, with one point on each."""

    position: Whole = column("position", description="Place of the island in the chain, from the north", unit="rank", ge=1)
    island: Text = column("island", description="Island of the chain")
    latitude: Number = column("latitude")
    longitude: Number = column("longitude")
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class CountryShape(RawTable, key=("name",), known_from=Known.ALWAYS):
    """Shapes of countries and territories for small maps, as the publisher draws their boundaries."""

    iso_numeric: Text = column("iso_numeric")
    name: Text = column("name")
    scale: Text = column("scale")
    geometry: Text = column("geometry")
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class TradeBasis(RawTable, key=("basis_source", "frequency"), known_from=Known.ALWAYS):
    """Precedence of published series: the order in which sources are preferred for the headline figure, and why."""

    basis_source: Text = column("basis_source", listed_in="catalog.source.source")
    basis: Text = column("basis")
    frequency: Text = column("frequency")
    precedence: Whole = column("precedence")
    compiled_from: Text = column("compiled_from")
    title: Text = column("title", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True, description="Reason for the precedence of the basis")


class TradeBreak(RawTable, key=("basis_source", "first_year"), known_from=Known.ALWAYS):
    """Years from which a published series is compiled by another method and is not comparable with the years before."""

    basis_source: Text = column("basis_source", listed_in="catalog.source.source")
    first_year: Whole = column("first_year", description="First year compiled by the new method")
    note: Text = column("note", description="What changed, as a sentence for readers")
    document: Text = column("document")


class TurningPoint(RawTable, key=("event_date", "title"), known_from=Known.ALWAYS):
    """Events that charts mark on their time axes; the charts compare the time before the hinge event with the time after it."""

    event_date: Day = column("event_date")
    title: Text = column("title", description="What happened, in a few words for a chart")
    chapter: Text = column("chapter", nullable=True)
    iso3: Text = column("iso3", nullable=True, description="State that the event concerns; empty if it concerns all")
    with_iso3: Text = column("with_iso3", nullable=True)
    is_hinge: Flag = column("is_hinge")
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class PartnerTable(RawTable, key=("country", "first_year", "precedence"), known_from=Known.ALWAYS):
    """Sources that give a country's table of partners, by years and in order of preference."""

    country: Text = column("country")
    first_year: Whole = column("first_year")
    last_year: Whole = column("last_year")
    precedence: Whole = column("precedence")
    export_source: Text = column("export_source", nullable=True, listed_in="catalog.source.source")
    import_source: Text = column("import_source", nullable=True, listed_in="catalog.source.source")
    reported_by: Text = column("reported_by")
    total_source: Text = column("total_source", nullable=True, listed_in="catalog.source.source")
    world_source: Text = column("world_source", nullable=True, listed_in="catalog.source.source")
    is_complete: Flag = column("is_complete")
    document: Text = column("document")
    note: Text = column("note", nullable=True, description="Why this source for these years")


class PartnerTableGap(RawTable, key=("country", "year"), known_from=Known.ALWAYS):
    """Years in which a partner table is known to fall short of the country's published trade with the world."""

    country: Text = column("country")
    year: Whole = column("year")
    reached_pct: Number = column("reached_pct")
    document: Text = column("document")
    note: Text = column("note", nullable=True)


class KnownAnomaly(RawTable, key=("audit", "place"), known_from=Known.ALWAYS):
    """Rows that an audit would reject and that stay as published, each with the reason."""

    audit: Text = column("audit", description="Name of the audit that would reject the row")
    place: Text = column("place", description="The row, as the audit names it in its column `at`")
    document: Text = column("document")
    note: Text = column("note", description="Why the row stays")


KINDS: dict[str, type[RawTable]] = {render.table_name(model): model for model in RawTable.__subclasses__()}
