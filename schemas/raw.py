"""Raw tables: what a snapshot file of each kind must look like, in the publisher's own meaning.

Belongs here: one model per kind of file (`snapshot/<kind>.csv`); every source that ships the kind is held to it.
Does not belong here: judgement, unit conversion, choosing between publishers (that is core).
The class name is the file's name; `Config.unique` is the key. The landing adds source, line and evidence_id.
"""

import re

import pandera.pandas as pa

from schemas.fields import Day, Flag, Number, Text, Whole, column, frame_rule, row_rule


class RawTable(pa.DataFrameModel):
    """Settings all raw kinds share: known columns only, text turned into the declared type or refused."""

    class Config:
        """A column that is missing, new or of another type refuses the file."""

        strict = True
        coerce = True


class Documents(RawTable):
    """Documents a source's figures were read in; every figure names one."""

    document: Text = column("document")
    publisher: Text = column("publisher")
    title: Text = column("title")
    url: Text = column("url")
    published_on: Day = column("published_on")
    published_precision: Text = column("published_precision")
    read_on: Day = column("read_on")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["document"]


class TradeFlow(RawTable):
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
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["frequency", "period", "reporter_iso3", "partner_iso3", "flow", "document", "is_partial"]

    @frame_rule("one unit per frequency", "frequency", "unit")
    def one_unit(cls, frame):  # noqa: N805
        """Figures of one source and frequency share their unit: a mix means that a table was pasted into another."""
        parts = [c for c in ("source", "frequency") if c in frame]  # an answer of one source does not name it yet
        usual = frame.groupby(parts)["unit"].transform(lambda units: units.mode().iloc[0])
        return frame["unit"] == usual


class TradeByProduct(RawTable):
    """Trade from exporter to importer by Harmonized System code."""

    year: Whole = column("year")
    exporter_iso3: Text = column("exporter_iso3")
    importer_iso3: Text = column("importer_iso3")
    hs_code: Text = column("hs_code")
    value_usd: Number = column("value_usd")
    quantity_tonnes: Number = column("quantity_tonnes", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)
    between_states = row_rule("exporter and importer differ", "exporter_iso3 != importer_iso3")

    class Config:
        """Key."""

        unique = ["year", "exporter_iso3", "importer_iso3", "hs_code", "document"]


class PartnerRank(RawTable):
    """Place of a country's partner under a counting rule, as counted over a whole-world source."""

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

    class Config:
        """Key."""

        unique = ["year", "country", "partner", "rule", "document"]


class EnergyVolume(RawTable):
    """Physical volumes of energy trade, as customs or companies stated them."""

    year: Whole = column("year")
    period_label: Text = column("period_label")
    commodity: Text = column("commodity")
    hs_code: Text = column("hs_code", str_matches=r"^\d{4,6}(-\d{4,6})?$")
    exporter_iso3: Text = column("exporter_iso3")
    importer_iso3: Text = column("importer_iso3")
    quantity: Number = column("quantity", nullable=True)
    quantity_unit: Text = column("quantity_unit", nullable=True)
    value_usd: Number = column("value_usd", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["year", "period_label", "commodity", "exporter_iso3", "importer_iso3", "document"]


class EconomyIndicator(RawTable):
    """Macroeconomic figures; each vintage of a figure is a row with its own document."""

    iso3: Text = column("iso3")
    year: Whole = column("year")
    indicator: Text = column("indicator")
    value: Number = column("value")
    unit: Text = column("unit")
    is_forecast: Flag = column("is_forecast")
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["iso3", "year", "indicator", "document"]


class Exercise(RawTable):
    """Exercises and patrols in which both states of the covered dyad took part."""

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
    hosts: Text = column("hosts", nullable=True)
    location_name: Text = column("location_name", nullable=True)
    seas: Text = column("seas_text", nullable=True)
    region: Text = column("region")
    latitude: Number = column("latitude", nullable=True)
    longitude: Number = column("longitude", nullable=True)
    coordinate_precision: Text = column("coordinate_precision", nullable=True)
    personnel_total: Whole = column("personnel_total", nullable=True)
    confidence: Text = column("confidence")
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["exercise_id"]

    @frame_rule("end_date is not before start_date", "start_date", "end_date")
    def ends_after_start(cls, frame):  # noqa: N805
        """ISO text compares as dates do."""
        return frame["end_date"].isna() | (frame["end_date"] >= frame["start_date"])


class Veto(RawTable):
    """Votes of the Security Council that a permanent member's negative vote defeated."""

    draft_symbol: Text = column("draft_symbol")
    meeting_record: Text = column("meeting_record")
    vote_date: Day = column("vote_date")
    kind: Text = column("kind")
    agenda_item: Text = column("agenda_item")
    topic: Text = column("topic", nullable=True)
    vetoed_by: Text = column("participants", description="Permanent members that voted against, joined by ;")
    sponsors: Text = column("sponsors_text", nullable=True)
    sponsors_complete: Flag = column("sponsors_complete", nullable=True)
    in_favour: Whole = column("in_favour", nullable=True)
    against: Whole = column("against", nullable=True)
    abstained: Whole = column("abstained", nullable=True)
    not_voting: Whole = column("not_voting", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["draft_symbol"]


class RollCall(RawTable):
    """Recorded votes of single members on vetoed drafts."""

    draft_symbol: Text = column("draft_symbol")
    member_iso3: Text = column("member_iso3")
    vote: Text = column("vote")
    basis: Text = column(
        "basis", isin=["named_list", "tally_and_exceptions", "member_only"],
        description="How the vote is known: a named list, a tally with named exceptions, or this member alone",
    )  # fmt: skip
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["draft_symbol", "member_iso3"]


class ResolutionVote(RawTable):
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

    class Config:
        """Key."""

        unique = ["resolution", "member_iso3", "document"]


class FailedDraft(RawTable):
    """Drafts that failed without a veto; they bear on claim C14's broader reading only. Not complete."""

    draft_symbol: Text = column("draft_symbol")
    vote_date: Day = column("vote_date", nullable=True)
    meeting_record: Text = column("meeting_record", nullable=True)
    sponsors_text: Text = column("note", nullable=True, description="Sponsors as documented")
    in_favour: Whole = column("in_favour", nullable=True)
    against: Whole = column("against", nullable=True)
    abstained: Whole = column("abstained", nullable=True)
    yes_members: Text = column("participants", nullable=True, description="Documented yes votes, joined by ;")
    no_members: Text = column("participants", nullable=True, description="Documented no votes, joined by ;")
    abstained_members: Text = column("participants", nullable=True, description="Documented abstentions, joined by ;")
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["draft_symbol"]


class Membership(RawTable):
    """Standing of a country in a bloc over a spell of time, start included, end excluded."""

    bloc: Text = column("bloc")
    iso3: Text = column("iso3")
    country_name: Text = column("country_name")
    status: Text = column("status")
    invited_as: Text = column("note", nullable=True, description="What an invited country was invited to be")
    start_date: Day = column("start_date", nullable=True)
    start_precision: Text = column("date_precision", nullable=True)
    end_date: Day = column("end_date", nullable=True, description="First day after the spell; empty while it lasts")
    end_precision: Text = column("date_precision", nullable=True)
    decision_date: Day = column("start_date", nullable=True, description="Day of the decision, often before the status began")
    is_founding: Flag = column("is_disputed", description="True for founding members")
    confidence: Text = column("confidence")
    is_disputed: Flag = column("is_disputed")
    disputed_on: Day = column(
        "known_on", nullable=True, description="Day by which sources disagreed about the status; empty where they do not"
    )
    document: Text = column("document")
    note: Text = column("note", nullable=True)
    note_known_on: Day = column("known_on", nullable=True, description="Day by which all that the note tells was public")

    class Config:
        """Key."""

        unique = ["bloc", "iso3", "status", "start_date"]

    @frame_rule("end_date is not before start_date", "start_date", "end_date")
    def ends_after_start(cls, frame):  # noqa: N805
        """ISO text compares as dates do."""
        return frame["end_date"].isna() | frame["start_date"].isna() | (frame["end_date"] >= frame["start_date"])


class Country(RawTable):
    """Economies and states, historical ones included: the only list of country codes the warehouse knows."""

    iso3: Text = column("iso3")
    name: Text = column("name")
    valid_from: Day = column("valid_from", nullable=True)
    valid_to: Day = column("valid_to", nullable=True)
    un_member_from: Day = column("un_member_from", nullable=True)
    un_member_to: Day = column("un_member_to", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["iso3"]


class EconomyGroup(RawTable):
    """Aggregates that publishers list beside economies: WLD, EUU and ASN. They are never ranked as states."""

    code: Text = column("iso3", description="Code of the aggregate in this warehouse")
    name: Text = column("name")
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["code"]


class Succession(RawTable):
    """Which state continued which, and from when."""

    predecessor_iso3: Text = column("iso3", description="State that ended")
    successor_iso3: Text = column("iso3", description="State that continued it")
    succeeded_on: Day = column("valid_from", description="First day of the successor")
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["predecessor_iso3", "successor_iso3"]


class UnscSeat(RawTable):
    """Who held each permanent seat of the Security Council, by date."""

    seat: Text = column("name", description="Permanent seat")
    iso3: Text = column("iso3")
    valid_from: Day = column("valid_from")
    valid_to: Day = column("valid_to", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["seat", "valid_from"]


class CountryCode(RawTable):
    """Crosswalk from publishers' country codes to ISO alpha-3, by date."""

    system: Text = column("name", description="Publisher's code system")
    code: Text = column("name", description="Code in that system")
    iso3: Text = column("iso3")
    valid_from: Day = column("valid_from", nullable=True)
    valid_to: Day = column("valid_to", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["system", "code", "iso3", "valid_from"]


class BlocMember(RawTable):
    """Members by date of the blocs that counting rules treat as one partner: the EU (EUU) and ASEAN (ASN)."""

    bloc: Text = column("bloc", isin=["EUU", "ASN"])
    iso3: Text = column("iso3")
    member_from: Day = column("member_from")
    member_to: Day = column("member_to", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["bloc", "iso3", "member_from"]


class CountingRule(RawTable):
    """The five rules for who counts as a trading partner."""

    rule: Text = column("rule")
    title: Text = column("title")
    un_members_only: Flag = column("is_complete", description="True: only UN member states count")
    blocs_as_one: Text = column("participants", nullable=True, description="Blocs whose members count as one partner, joined by ;")
    left_out: Text = column("participants", nullable=True, description="Economies that do not count, joined by ;")
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["rule"]


class HsChapter(RawTable):
    """Chapters of the Harmonized System and the readable group each belongs to."""

    hs_chapter: Text = column("hs_chapter")
    title: Text = column("title")
    product_group: Text = column("product_group")
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["hs_chapter"]


class Sea(RawTable):
    """Seas, the larger sea each belongs to, its region, and whether the first island chain encloses it."""

    sea: Text = column("sea", description="Sea, gulf or strait as exercises name it")
    canonical_sea: Text = column("sea", description="Sea under which the charts count it")
    region: Text = column("region", isin=["Europe", "Indo-Pacific", "Middle East", "Africa", "Arctic", "Americas"])
    is_first_island_chain: Flag = column("touches_first_island_chain", description="True where the chain encloses this sea")
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["sea"]


class CountryShape(RawTable):
    """Shapes of countries and territories for small maps, as the publisher draws their boundaries."""

    iso_numeric: Text = column("iso_numeric")
    name: Text = column("name")
    scale: Text = column("scale")
    geometry: Text = column("geometry")
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["name"]


class TradeBasis(RawTable):
    """The written precedence of published series: which source's figures are the headline, and why."""

    basis_source: Text = column("source")
    basis: Text = column("basis")
    frequency: Text = column("frequency")
    precedence: Whole = column("precedence")
    title: Text = column("title", nullable=True)
    document: Text = column("document")
    note: Text = column("note", nullable=True, description="Why the basis stands where it stands")

    class Config:
        """Key."""

        unique = ["basis_source", "frequency"]


class TradeBreak(RawTable):
    """Years from which a published series is made in another way, so that it does not compare with the years before."""

    basis_source: Text = column("source")
    first_year: Whole = column("year", description="First year made the new way")
    note: Text = column("note", description="What changed, as a sentence for readers")
    document: Text = column("document")

    class Config:
        """Key."""

        unique = ["basis_source", "first_year"]


class PartnerTable(RawTable):
    """Which source's partner table ranks a country's partners in which years, in order of preference."""

    country: Text = column("country")
    first_year: Whole = column("year", description="First year")
    last_year: Whole = column("year", description="Last year")
    precedence: Whole = column("precedence")
    export_source: Text = column("source", nullable=True, description="Source of the country's exports by partner")
    import_source: Text = column("source", nullable=True, description="Source of the country's imports by partner")
    reported_by: Text = column(
        "kind", isin=["country", "partner"], description="Whose report the exports, or the totals, are"
    )  # fmt: skip
    total_source: Text = column("source", nullable=True, description="Source of two-way totals by partner, where only those are published")
    world_source: Text = column("source", nullable=True, description="Source of the country's trade with the world")
    is_complete: Flag = column("is_complete")
    document: Text = column("document")
    note: Text = column("note", nullable=True, description="Why this source for these years")

    class Config:
        """Key."""

        unique = ["country", "first_year", "precedence"]


class PartnerTableGap(RawTable):
    """Years in which a partner table is known to fall short of the country's published trade with the world."""

    country: Text = column("country")
    year: Whole = column("year")
    reached_pct: Number = column("share_pct", description="Least share of the world total that its partners must reach")
    document: Text = column("document")
    note: Text = column("note", nullable=True)

    class Config:
        """Key."""

        unique = ["country", "year"]


def _kind(model: type) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()


# kind -> the column that says from when a row is known: an event's own day, whatever later document it was read in, or else
# the document's; the reference tables that are not here are the warehouse's own and hold on every day
KNOWN_FROM = {
    **dict.fromkeys(["trade_flow", "trade_by_product", "partner_rank", "energy_volume", "economy_indicator"], "document"),
    **dict.fromkeys(["veto", "resolution_vote", "failed_draft"], "vote_date"),
    "roll_call": "draft_symbol",
    **dict.fromkeys(["exercise", "membership"], "start_date"),
    "bloc_member": "member_from",
}
KINDS: dict[str, type[RawTable]] = {_kind(model): model for model in RawTable.__subclasses__()}
