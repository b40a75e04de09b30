"""Declare the chart-ready datasets and the ledger of claims, the contract with readers.

Put the class of each `warehouse/models/charts/<table>.sql` here; the first column of a class is `dyad`, the last are
`qualifications` and `evidence`. How rows are computed belongs in the SQL.
"""

from schemas.fields import SEA_REGIONS, VERDICTS, Day, Flag, Number, Text, TextList, Whole, column, row_rule
from schemas.table import EVERY_TABLE, Table, has_qualifications, is_dataset


class ChartTable(Table, rules=(*EVERY_TABLE, is_dataset, has_qualifications)):
    """Settings of all chart tables."""

    has_evidence = row_rule("evidence is not empty", "len(coalesce(evidence, [])) > 0", "evidence")


class JointExercises(
    ChartTable,
    key=("dyad", "year", "category", "format"),
    known_from="year",
    expected="""
        select d.dyad
        from core.dyad as d
        join catalog.source as s
            on catalog.covers(s.coverage_dyads, d.dyad)
            and s.coverage_first <= (select value::date from catalog.parameter where name = 'as_of')
        where s.source in (select f.source from raw.whole_file as f where f.kind = 'exercise')
    """,
):
    """Joint exercises of the dyad per year, category and format; 0 if a source covers the year and lists none."""

    dyad: Text = column("dyad")
    year: Whole = column("year")
    category: Text = column("category")
    format: Text = column("format")
    exercise_count: Whole = column("exercise_count")
    of_which_patrols: Whole = column("of_which_patrols")
    of_which_doubtful: Whole = column("of_which_doubtful")
    of_which_doubtful_patrols: Whole = column("of_which_doubtful_patrols")
    is_partial: Flag = column("is_partial")
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")


class NavalDrills(
    ChartTable,
    key=("dyad", "exercise_id"),
    known_from="start_date",
    expected="""
        select d.dyad
        from core.dyad as d
        join catalog.source as s on catalog.covers(s.coverage_dyads, d.dyad)
        join core.exercise as e
            on e.source = s.source and list_contains(e.participants, d.iso3_a) and list_contains(e.participants, d.iso3_b)
        where e.domain = 'naval' and e.category = 'core_military' and e.seas is not null
    """,
):
    """Drills and patrols of the dyad at sea, one row each, with a representative point."""

    dyad: Text = column("dyad")
    exercise_id: Text = column("exercise_id")
    name: Text = column("name")
    series: Text = column("series", nullable=True)
    start_date: Day = column("start_date")
    end_date: Day = column("end_date", nullable=True)
    date_precision: Text = column("date_precision")
    year: Whole = column("year")
    format: Text = column("format")
    other_participants: TextList = column("other_participants")
    sea: Text = column("sea")
    seas: TextList = column("seas")
    region: Text = column("region", isin=SEA_REGIONS)
    latitude: Number = column("latitude", nullable=True)
    longitude: Number = column("longitude", nullable=True)
    coordinate_precision: Text = column("coordinate_precision", nullable=True)
    touches_first_island_chain: Flag = column("touches_first_island_chain")
    confidence: Text = column("confidence")
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")


class BilateralTrade(
    ChartTable,
    key=("dyad", "frequency", "period_start", "exporter", "basis"),
    known_from="period_start",
    expected="""
        select d.dyad
        from core.dyad as d
        join core.trade_flow as f
            on (f.reporter = d.iso3_a and f.partner_iso3 = d.iso3_b) or (f.reporter = d.iso3_b and f.partner_iso3 = d.iso3_a)
        where f.is_current and f.frequency = 'annual'
    """,
):
    """Merchandise trade of the dyad per period, direction and published series; `is_headline` marks the charted one."""

    dyad: Text = column("dyad")
    frequency: Text = column("frequency", isin=["annual", "monthly"])
    period_start: Day = column("period_start")
    exporter: Text = column("exporter")
    importer: Text = column("importer")
    basis: Text = column("basis")
    compiled_from: Text = column("compiled_from")
    is_headline: Flag = column("is_headline")
    is_derived: Flag = column("is_derived")
    reporter: Text = column(
        "reporter",
        nullable=True,
        description="State whose customs reported the figure (ISO alpha-3); empty if it is compiled from other reports than the state's own",
    )
    valuation: Text = column("valuation", nullable=True)
    value_usd: Number = column("value_usd", nullable=True)
    two_way_total_usd: Number = column("two_way_total_usd", nullable=True)
    change_pct: Number = column("change_pct", nullable=True)
    is_partial: Flag = column("is_partial")
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")
    has_figure = row_rule(
        "a direction's value or the two-way total is given",
        "coalesce(value_usd, two_way_total_usd) is not null",
        "value_usd", "two_way_total_usd",
    )  # fmt: skip


class TradeDependence(
    ChartTable,
    key=("dyad", "year", "country", "rule", "is_mirror"),
    known_from="year",
    expected="""
        select d.dyad
        from core.dyad as d
        join core.partner_trade as t
            on (t.country = d.iso3_a and t.partner_iso3 = d.iso3_b) or (t.country = d.iso3_b and t.partner_iso3 = d.iso3_a)
        where t.is_complete
    """,
):
    """Share and rank of each state of the dyad among the other's trading partners, under five counting rules."""

    dyad: Text = column("dyad")
    year: Whole = column("year")
    country: Text = column("country")
    partner: Text = column("partner")
    rule: Text = column("rule")
    trade_usd: Number = column("trade_usd")
    total_trade_usd: Number = column("total_trade_usd", nullable=True)
    share_pct: Number = column("share_pct", nullable=True, description="Share of trade_usd in total_trade_usd")
    trade_basis: Text = column("trade_basis", description="Published series that trade_usd comes from")
    total_basis: Text = column("total_basis", nullable=True)
    is_two_bases: Flag = column("is_two_bases")
    is_headline: Flag = column(
        "is_headline", description="True for the row whose share the chart draws: the country's own report, if there is one"
    )
    rank: Whole = column(
        "rank",
        nullable=True,
        description="Place of partner among country's partners under the rule; empty if the basis has no partner table",
    )
    partner_count: Whole = column("partner_count", nullable=True)
    is_mirror: Flag = column("is_mirror")
    is_incomplete: Flag = column("is_incomplete")
    incomplete_because: Text = column("incomplete_because", nullable=True)
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")


class TradeComposition(
    ChartTable,
    key=("dyad", "year", "exporter", "hs_chapter"),
    known_from="year",
    expected="""
        select d.dyad
        from core.dyad as d
        join core.trade_by_product as p
            on (p.exporter = d.iso3_a and p.importer = d.iso3_b) or (p.exporter = d.iso3_b and p.importer = d.iso3_a)
        join raw.trade_basis as b on b.basis_source = p.source and b.frequency = 'annual'
    """,
):
    """Exports of each state of the dyad to the other, by HS chapter; shares are of that direction's total in the year."""

    dyad: Text = column("dyad")
    year: Whole = column("year")
    exporter: Text = column("exporter")
    importer: Text = column("importer")
    hs_chapter: Text = column("hs_chapter")
    product_group: Text = column("product_group")
    value_usd: Number = column("value_usd")
    share_pct: Number = column("share_pct")
    quantity_tonnes: Number = column("quantity_tonnes", nullable=True)
    compiled_from: Text = column("compiled_from")
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")


class SecurityCouncilVetoes(
    ChartTable,
    key=("dyad", "draft_symbol"),
    known_from="vote_date",
    expected="""
        select d.dyad
        from core.dyad as d
        join core.veto as v on list_contains(v.vetoed_by, d.iso3_a) or list_contains(v.vetoed_by, d.iso3_b)
        where v.vote_date between coalesce(d.valid_from, date '1945-10-24') and coalesce(d.valid_to, date '9999-12-31')
    """,
):
    """Security Council votes vetoed by at least one state of the dyad, while both existed and those with a permanent seat held it."""

    dyad: Text = column("dyad")
    draft_symbol: Text = column("draft_symbol")
    draft_url: Text = column("draft_url", nullable=True)
    meeting_record: Text = column("meeting_record")
    record_url: Text = column("record_url", nullable=True)
    vote_date: Day = column("vote_date")
    year: Whole = column("year")
    topic: Text = column("topic", nullable=True)
    vetoed_by: TextList = column("vetoed_by")
    veto_type: Text = column("veto_type")
    vote_a: Text = column("vote_a")
    vote_b: Text = column("vote_b")
    in_favour: Whole = column("in_favour", nullable=True)
    against: Whole = column("against", nullable=True)
    abstained: Whole = column("abstained", nullable=True)
    sponsors: TextList = column("sponsors", nullable=True)
    is_amendment: Flag = column("is_amendment")
    sponsors_complete: Flag = column("sponsors_complete", nullable=True)
    confidence: Text = column("confidence")
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")


class BlocMembership(
    ChartTable,
    key=("dyad", "bloc", "iso3", "as_of"),
    known_from="as_of",
    expected="""
        select d.dyad from core.dyad as d join core.membership as m on m.bloc in ('BRICS', 'SCO')
    """,
):
    """Status of each country in BRICS and the SCO on 31 December of each year and on the release's day."""

    dyad: Text = column("dyad")
    bloc: Text = column("bloc", isin=["BRICS", "SCO"])
    iso3: Text = column("iso3")
    country_name: Text = column("country_name")
    as_of: Day = column("as_of")
    status: Text = column("status")
    since: Day = column("since")
    member_count: Whole = column("member_count")
    both_sides_are_members: Flag = column("both_sides_are_members")
    confidence: Text = column("confidence")
    is_disputed: Flag = column("is_disputed")
    is_disputed_member: Flag = column(
        "is_disputed_member", description="True if some sources count the country as a member and others do not"
    )
    note: Text = column("note", nullable=True)
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")


class AssemblyAgreement(
    ChartTable,
    key=("dyad", "session", "rule", "subject"),
    known_from="last_vote_on",
    expected="""
        select d.dyad
        from core.dyad as d
        join core.assembly_vote as v
            on contains(concat_ws(';', v.yes_states, v.no_states, v.abstained_states), d.iso3_a)
            and contains(concat_ws(';', v.yes_states, v.no_states, v.abstained_states), d.iso3_b)
    """,
):
    """Agreement of the dyad in the General Assembly by session, subject and rule; votes on which either state was absent are left out."""

    dyad: Text = column("dyad")
    session: Whole = column("session")
    year: Whole = column("year", description="Year in which the session opened")
    rule: Text = column("agreement_rule")
    subject: Text = column("agreement_subject")
    votes: Whole = column("votes", nullable=True)
    agreement_pct: Number = column("agreement_pct")
    last_vote_on: Day = column(
        "last_vote_on", description="Day of the last vote that counts, or day on which a rate without a number of votes was published"
    )
    is_partial: Flag = column("is_partial", description="True if the sources or the release's day do not reach the end of the session")
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")


class CouncilAgreement(
    ChartTable,
    key=("dyad", "year", "votes_on", "rule"),
    known_from="last_vote_on",
    expected="""
        select d.dyad
        from core.dyad as d
        join core.council_vote as a on a.member_iso3 = d.iso3_a
        join core.council_vote as b on b.member_iso3 = d.iso3_b and b.draft_symbol = a.draft_symbol
    """,
):
    """Agreement of the dyad in the Security Council by year: on vetoed drafts, and on adopted resolutions, most of which are unanimous."""

    dyad: Text = column("dyad")
    year: Whole = column("year")
    votes_on: Text = column("votes_on")
    rule: Text = column(
        "agreement_rule",
        description="What counts as agreement. identical: equal votes; abstention as half: the same, and half an agreement for an abstention "
        "beside a yes or a no; contested: equal votes, among those on which not all voted alike",
        isin=["identical", "abstention as half", "contested"],
    )
    votes: Whole = column("votes")
    agreement_pct: Number = column("agreement_pct")
    of_which_unanimous: Whole = column(
        "of_which_unanimous",
        description="Votes on adopted resolutions on which all who voted cast the same vote, counted in votes",
        unit="votes",
        ge=0,
    )
    last_vote_on: Day = column("last_vote_on")
    is_partial: Flag = column("is_partial", description="True if a source or the release's day does not reach the end of the year")
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")


class Claims(ChartTable, key=("dyad", "text", "claim_id"), known_from="as_of", expected=None):
    """Claims of texts, decided by SQL on the text's day and on the release's."""

    dyad: Text = column("dyad")
    text: Text = column("text")
    claim_id: Text = column("claim_id")
    section: Text = column("section")
    quote: Text = column("quote")
    claim: Text = column("claim")
    rule: Text = column("claim_rule")
    value_claimed: Text = column("value_claimed")
    article_day: Day = column("article_day")
    value_found: Text = column("value_found", nullable=True)
    verdict: Text = column("verdict")
    as_of: Day = column("as_of", description="Day of the release")
    value_today: Text = column("value_today", nullable=True)
    verdict_today: Text = column("verdict_today")
    reason: Text = column("reason", nullable=True)
    decided_by: Text = column("decided_by")
    qualifications: TextList = column("qualifications")
    evidence: TextList = column("evidence")
    gives_reason = row_rule(
        "a reason is given if and only if a verdict is not decidable",
        f"(reason is not null) = ('{VERDICTS[-1]}' in (verdict, verdict_today))",
        "verdict", "verdict_today", "reason",
    )  # fmt: skip
