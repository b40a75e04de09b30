"""Declare the core tables: the publishers' figures in common units, with evidence, in all vintages known on the release's day.

Put the class of each `warehouse/models/core/<table>.sql` here; datasets for readers belong in `charts`, rows of snapshot files in `raw`.
"""

from schemas.fields import VOCABULARY, Day, Flag, Number, Text, TextList, Whole, column
from schemas.table import EVERY_TABLE, Known, Table, has_evidence, has_qualifications


class CoreTable(Table, rules=(*EVERY_TABLE, has_evidence, has_qualifications)):
    """Settings of all core tables."""


class Evidence(CoreTable, key=("evidence_id",), known_from=Known.EVIDENCE):
    """Every figure the warehouse can cite: publisher, document, dates, and the snapshot's bytes."""

    evidence_id: Text = column("evidence_id")
    source: Text = column("source")
    publisher: Text = column("publisher")
    title: Text = column("title")
    as_printed: Text = column("as_printed", nullable=True)
    is_primary: Flag = column("is_primary")
    url: Text = column(
        "url",
        nullable=True,
        description="Address of the document at its publisher; empty if only the address of a copy is known, or if the evidence is a whole file",
    )
    via: Text = column("via", nullable=True)
    via_url: Text = column("via_url", nullable=True)
    locator: Text = column("locator")
    published_on: Day = column("published_on")
    read_on: Day = column("read_on")
    snapshot_sha256: Text = column("snapshot_sha256")
    file: Text = column("file")
    first_line: Whole = column("first_line", ge=1)  # the header, if no row of the list is known on the release's day
    last_line: Whole = column("last_line", ge=1)
    licence: Text = column("licence")
    note: Text = column("note", nullable=True)
    qualifications: TextList = column("qualifications")


class Dyad(CoreTable, key=("dyad",), known_from=Known.ALWAYS):
    """The pairs of states this release is about."""

    dyad: Text = column("dyad")
    iso3_a: Text = column("iso3_a")
    iso3_b: Text = column("iso3_b")
    name_a: Text = column("name_a")
    name_b: Text = column("name_b")
    valid_from: Day = column("valid_from", nullable=True, description="First day on which both states existed under these codes")
    valid_to: Day = column("valid_to", nullable=True, description="Last day on which both states existed")
    evidence: TextList = column("evidence")


class TradeFlow(CoreTable, key=("evidence_id",), known_from="known_on"):
    """Merchandise trade as reported, in current US dollars, every vintage known on the release's day."""

    source: Text = column("source")
    basis: Text = column("basis")
    precedence: Whole = column("precedence", nullable=True)
    compiled_from: Text = column("compiled_from")
    frequency: Text = column("frequency")
    period_start: Day = column("period_start", description=VOCABULARY["period"].description)
    reporter: Text = column("reporter")
    partner_iso3: Text = column("partner_iso3")
    is_aggregate: Flag = column("is_aggregate")
    flow: Text = column("flow")
    valuation: Text = column("valuation")
    value_usd: Number = column("value_usd")
    is_estimate: Flag = column("is_estimate")
    is_partial: Flag = column("is_partial")
    known_on: Day = column("known_on")
    is_current: Flag = column("is_current")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class TradeGrowth(CoreTable, key=("source", "frequency", "period_start", "reporter", "partner_iso3", "flow"), known_from="known_on"):
    """Growth of merchandise trade over the same period a year before, as each publisher last gave it."""

    source: Text = column("source")
    frequency: Text = column("frequency")
    period_start: Day = column("period_start", description=VOCABULARY["period"].description)
    reporter: Text = column("reporter")
    partner_iso3: Text = column("partner_iso3")
    flow: Text = column("flow")
    change_pct: Number = column("change_pct", gt=-100, description="Change over the year before, as published")
    known_on: Day = column("known_on")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class DerivedTrade(CoreTable, key=("source", "period_start", "month_count", "reporter", "partner_iso3", "flow"), known_from="known_on"):
    """Flows of months and years that a published series lacks, computed from other figures of the series."""

    source: Text = column("source")
    basis: Text = column("basis")
    period_start: Day = column("period_start")
    month_count: Whole = column("month_count")
    reporter: Text = column("reporter")
    partner_iso3: Text = column("partner_iso3")
    is_aggregate: Flag = column("is_aggregate")
    flow: Text = column("flow")
    valuation: Text = column("valuation")
    value_usd: Number = column("value_usd")
    uncertainty_usd: Number = column("uncertainty_usd")
    rule: Text = column("figure_rule")
    known_on: Day = column("known_on")
    is_derived: Flag = column("is_derived")
    evidence: TextList = column("evidence")
    qualifications: TextList = column("qualifications")


class DerivedEnergyShare(CoreTable, key=("source", "year", "exporter", "importer"), known_from="known_on"):
    """Share of energy in a flow, with crude oil at the importer's value, which includes freight and insurance, instead of the source's."""

    source: Text = column("source")
    year: Whole = column("year")
    exporter: Text = column("exporter")
    importer: Text = column("importer")
    energy_usd: Number = column("energy_usd", unit="USD", ge=0, le=1e14, description="Mineral fuels, crude oil with freight and insurance")
    flow_usd: Number = column("flow_usd", unit="USD", ge=0, le=1e14, description="All products, crude oil with freight and insurance")
    share_pct: Number = column("share_pct", description="Share of energy_usd in flow_usd")
    known_on: Day = column("known_on")
    is_derived: Flag = column("is_derived", description="True: no document gives the share")
    evidence: TextList = column("evidence")
    qualifications: TextList = column("qualifications")


class PartnerTrade(CoreTable, key=("country", "year", "partner_iso3"), known_from=Known.EVIDENCE):
    """Two-way trade of a country with each partner in a year, from the preferred partner table of that year."""

    country: Text = column("country")
    year: Whole = column("year")
    partner_iso3: Text = column("partner_iso3")
    is_aggregate: Flag = column("is_aggregate")
    trade_usd: Number = column("trade_usd")
    is_mirror: Flag = column("is_mirror")
    is_complete: Flag = column("is_complete")
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")


class PartnerTableLines(CoreTable, key=("country", "year", "evidence_id", "is_mirror"), known_from=Known.EVIDENCE):
    """The lines of a snapshot that list one partner table, from which ranks are computed."""

    country: Text = column("country")
    year: Whole = column("year")
    source: Text = column("source")
    flow: Text = column("flow")
    world_source: Text = column("world_source", nullable=True)
    is_mirror: Flag = column("is_mirror")
    is_complete: Flag = column("is_complete")
    file: Text = column("file")
    first_line: Whole = column("first_line")
    last_line: Whole = column("last_line")
    figure_count: Whole = column("figure_count")
    document: Text = column("document")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class PartnerTable(CoreTable, key=("country", "year"), known_from=Known.EVIDENCE):
    """A country's partner table of a year: the part of its trade with the world that the partners account for, and what is missing."""

    country: Text = column("country")
    year: Whole = column("year")
    is_complete: Flag = column("is_complete")
    is_mirror: Flag = column("is_mirror")
    partners_usd: Number = column("partners_usd", unit="USD", description="Trade with all partners of the table, current US dollars")
    total_trade_usd: Number = column("total_trade_usd", nullable=True)
    total_basis: Text = column("total_basis", nullable=True)
    world_source: Text = column("world_source", nullable=True)
    reached_pct: Number = column("partners_reach_pct", nullable=True)
    missing_partners: TextList = column(
        "missing_partners",
        description="Partners that the table lacks although each had more than 1 % of the country's trade in the nearest listed years before and after",
    )
    is_incomplete: Flag = column("is_incomplete")
    incomplete_because: Text = column("incomplete_because", nullable=True)
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")


class TradeByProduct(CoreTable, key=("evidence_id",), known_from="known_on"):
    """Trade from exporter to importer by HS code, every vintage known on the release's day."""

    source: Text = column("source")
    year: Whole = column("year")
    exporter: Text = column("exporter")
    importer: Text = column("importer")
    hs_code: Text = column("hs_code")
    value_usd: Number = column("value_usd")
    quantity_tonnes: Number = column("quantity_tonnes", nullable=True)
    compiled_from: Text = column("compiled_from")
    known_on: Day = column("known_on")
    is_current: Flag = column("is_current")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class Revision(CoreTable, key=("evidence_id",), known_from="known_on"):
    """Figures that their source later published with another value: old value, new value and day."""

    source: Text = column("source")
    figure: Text = column("figure")
    period_start: Day = column("period_start", description=VOCABULARY["period"].description)
    unit: Text = column("unit")
    value_before: Number = column("value_before")
    value: Number = column("value")
    known_before: Day = column("known_before")
    known_on: Day = column("known_on")
    evidence_before: Text = column("evidence_before")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class EnergyVolume(CoreTable, key=("evidence_id",), known_from="known_on"):
    """Physical volumes of energy trade, every statement known on the release's day."""

    year: Whole = column("year")
    period_label: Text = column("period_label")
    commodity: Text = column("commodity")
    hs_code: Text = column(
        "hs_code", str_matches="^[0-9]{4,6}(-[0-9]{4,6})?$", description="Harmonized System code, or first and last of a range"
    )
    exporter: Text = column("exporter")
    importer: Text = column("importer")
    quantity: Number = column("quantity", nullable=True)
    quantity_unit: Text = column("quantity_unit", nullable=True)
    value_usd: Number = column("value_usd", nullable=True)
    source: Text = column("source")
    known_on: Day = column("known_on")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class EconomyIndicator(CoreTable, key=("evidence_id",), known_from="known_on"):
    """Macroeconomic figures, every vintage known on the release's day; `is_current` marks the newest estimate."""

    iso3: Text = column("iso3")
    year: Whole = column("year")
    indicator: Text = column("indicator")
    value: Number = column("value")
    unit: Text = column("unit")
    is_forecast: Flag = column("is_forecast")
    known_on: Day = column("known_on")
    is_current: Flag = column("is_current", description="True for the newest estimate, forecasts aside")
    publisher: Text = column("publisher")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class Exercise(CoreTable, key=("exercise_id",), known_from="known_on"):
    """Exercises begun by the release's day, with their participants and seas as lists."""

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
    participants: TextList = column("participants_list")
    participants_at_sea: TextList = column("participants_at_sea_list", nullable=True)
    seas: TextList = column(
        "seas", nullable=True, description="All seas that the exercise touched; the first contains the representative point"
    )
    region: Text = column("region")
    latitude: Number = column("latitude", nullable=True)
    longitude: Number = column("longitude", nullable=True)
    coordinate_precision: Text = column("coordinate_precision", nullable=True)
    personnel_total: Whole = column("personnel_total", nullable=True)
    source: Text = column("source")
    known_on: Day = column("known_on")
    confidence: Text = column("confidence")
    settled_by: Text = column("settled_by", nullable=True)
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class Veto(CoreTable, key=("draft_symbol",), known_from="known_on"):
    """Votes of the Security Council that a veto defeated, up to the release's day."""

    draft_symbol: Text = column("draft_symbol")
    draft_url: Text = column("draft_url", nullable=True)
    meeting_record: Text = column("meeting_record")
    record_url: Text = column("record_url", nullable=True)
    vote_date: Day = column("vote_date")
    kind: Text = column("kind")
    topic: Text = column("topic", nullable=True)
    vetoed_by: TextList = column("vetoed_by")
    sponsors: TextList = column("sponsors", nullable=True)
    sponsors_complete: Flag = column("sponsors_complete", nullable=True)
    in_favour: Whole = column("in_favour", nullable=True)
    against: Whole = column("against", nullable=True)
    abstained: Whole = column("abstained", nullable=True)
    has_roll_call: Flag = column("has_roll_call", description="True if the vote of every member of the Council is documented")
    known_on: Day = column("known_on")
    confidence: Text = column("confidence")
    settled_by: Text = column("settled_by", nullable=True)
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class CouncilVote(CoreTable, key=("draft_symbol", "member_iso3"), known_from=Known.EVIDENCE):
    """Votes of single Council members on vetoed drafts: recorded ones, and the vetoes themselves."""

    draft_symbol: Text = column("draft_symbol")
    member_iso3: Text = column("member_iso3")
    vote: Text = column("vote")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class Membership(CoreTable, key=("bloc", "iso3", "status", "since"), known_from="known_on"):
    """Status of countries in blocs, as spells known on the release's day."""

    bloc: Text = column("bloc")
    iso3: Text = column("iso3")
    country_name: Text = column("country_name")
    status: Text = column("status")
    invited_as: Text = column("invited_as", nullable=True)
    since: Day = column("since")
    until: Day = column("until", nullable=True)
    is_founding: Flag = column("is_founding")
    is_disputed: Flag = column("is_disputed")
    note: Text = column("note", nullable=True)
    source: Text = column("source")
    known_on: Day = column("known_on")
    confidence: Text = column("confidence")
    settled_by: Text = column("settled_by", nullable=True)
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class ResolutionVote(CoreTable, key=("resolution", "member_iso3"), known_from="known_on"):
    """Votes of single Council members on adopted resolutions, from the newest document; most of these votes are unanimous."""

    resolution: Text = column("resolution")
    vote_date: Day = column("vote_date")
    member_iso3: Text = column("member_iso3")
    vote: Text = column("vote")
    source: Text = column("source")
    known_on: Day = column("known_on")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class AssemblyVote(CoreTable, key=("source", "roll_call"), known_from="known_on"):
    """Roll calls of the General Assembly, with their states listed by their vote; `views.assembly_vote` has a row for each state."""

    roll_call: Text = column("roll_call")
    session: Whole = column("session")
    vote_date: Day = column("vote_date")
    date_precision: Text = column("date_precision")
    resolution: Text = column("assembly_resolution", nullable=True)
    title: Text = column("title", nullable=True)
    subjects: TextList = column("subjects", description="Subjects that the title names, see raw.assembly_subject; empty if it names none")
    is_important: Flag = column("is_important", nullable=True)
    on_amendment: Flag = column("on_amendment", nullable=True)
    on_paragraph: Flag = column("on_paragraph", nullable=True)
    is_contested: Flag = column("is_contested", description="True if not all states that voted cast the same vote")
    yes_states: Text = column("yes_states", nullable=True)
    no_states: Text = column("no_states", nullable=True)
    abstained_states: Text = column("abstained_states", nullable=True)
    source: Text = column("source")
    known_on: Day = column("known_on")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class AssemblySessionLines(CoreTable, key=("evidence_id",), known_from=Known.EVIDENCE):
    """Blocks of snapshot lines that list the roll calls of one session; figures of agreement cite them as evidence."""

    session: Whole = column("session")
    source: Text = column("source")
    file: Text = column("file")
    first_line: Whole = column("first_line")
    last_line: Whole = column("last_line")
    document: Text = column("document")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class AssemblyAgreement(CoreTable, key=("session", "iso3_a", "iso3_b"), known_from="known_on"):
    """Agreement of pairs of states in the General Assembly, by session."""

    session: Whole = column("session")
    year: Whole = column("year", description="Year in which the session opened")
    iso3_a: Text = column("iso3_a")
    iso3_b: Text = column("iso3_b")
    identical_pct: Number = column("identical_pct")
    source: Text = column("source")
    known_on: Day = column("known_on")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class Statement(CoreTable, key=("statement_id",), known_from="known_on"):
    """Statements and acts of states, leaders and organisations up to the release's day."""

    statement_id: Text = column("statement_id")
    said_on: Day = column("said_on")
    date_precision: Text = column("date_precision")
    said_by: Text = column("said_by")
    topic: Text = column("statement_topic")
    words: Text = column("words")
    value: Number = column("stated_value", nullable=True)
    unit: Text = column("unit", nullable=True)
    known_on: Day = column("known_on")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class FailedDraft(CoreTable, key=("draft_symbol",), known_from="known_on"):
    """Drafts that failed without a veto, for want of votes; the list is not complete."""

    draft_symbol: Text = column("draft_symbol")
    vote_date: Day = column("vote_date")
    kind: Text = column("kind")
    in_favour: Whole = column("in_favour", nullable=True)
    against: Whole = column("against", nullable=True)
    abstained: Whole = column("abstained", nullable=True)
    yes_members: TextList = column("yes_members_list", nullable=True)
    no_members: TextList = column("no_members_list", nullable=True)
    abstained_members: TextList = column("abstained_members_list", nullable=True)
    known_on: Day = column("known_on")
    qualifications: TextList = column("qualifications")
    evidence_id: Text = column("evidence_id")


class CountryShape(CoreTable, key=("name",), known_from=Known.ALWAYS):
    """Shapes of countries and territories: the background of the maps, never counted."""

    name: Text = column("name")
    iso3: Text = column("iso3", nullable=True)
    scale: Text = column("scale")
    geometry: Text = column("geometry")
    evidence_id: Text = column("evidence_id")
