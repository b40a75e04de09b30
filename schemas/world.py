"""Declare the world's trade: the rules of an archive's member, as published, and the tables aggregated from the members.

Put the model of each kind of member and of each aggregate here. Reading archives, and comparing sums, belongs in `warehouse.world`.
"""

from schemas import render
from schemas.compile.compiler import compile_model
from schemas.fields import Number, Text, Whole, column, row_rule
from schemas.table import Table, has_key, has_title

BETWEEN_STATES = "exporter and importer differ"


class Baci(Table, key=("year", "exporter_code", "importer_code", "product_code")):
    """CEPII BACI: trade reconciled from both sides' reports, by year, exporter, importer and six-digit product."""

    year: Whole = column("year", ge=1988)
    exporter_code: Whole = column("exporter_code")
    importer_code: Whole = column("importer_code")
    product_code: Text = column("product_code")
    value_thousand_usd: Number = column("value_thousand_usd")
    quantity_tonnes: Number = column("quantity_tonnes", nullable=True)
    between_states = row_rule(BETWEEN_STATES, "exporter_code != importer_code", "exporter_code", "importer_code")


# compiled at import, so that a rule without SQL fails every command
BACI_RULES = compile_model(Baci)


class BulkTable(Table, rules=(has_title, has_key)):
    """Settings of the aggregates, `warehouse/models/bulk/<table>.sql`."""

    class Config:
        """Require the columns in the declared order."""

        ordered = True


class Chapter(BulkTable, key=("year", "exporter", "importer", "hs_chapter")):
    """World trade by year, exporter, importer and HS chapter."""

    year: Whole = column("year")
    exporter: Text = column("exporting_economy")
    importer: Text = column("importing_economy")
    hs_chapter: Text = column("hs_chapter", str_matches="^[0-9]{2}$")
    value_usd: Number = column("value_usd")
    quantity_tonnes: Number = column("quantity_tonnes", nullable=True)
    product_count: Whole = column("product_count")


class DyadYear(BulkTable, key=("year", "exporter", "importer")):
    """World trade by year, exporter and importer."""

    year: Whole = column("year")
    exporter: Text = column("exporting_economy")
    importer: Text = column("importing_economy")
    value_usd: Number = column("value_usd")
    product_count: Whole = column("product_count")


class CountryYear(BulkTable, key=("year", "country")):
    """Each economy's trade with all others together."""

    year: Whole = column("year")
    country: Text = column("trading_economy")
    exports_usd: Number = column("exports_usd")
    imports_usd: Number = column("imports_usd")
    trade_usd: Number = column("trade_usd")
    partner_count: Whole = column("partner_count")


class PartnerRank(BulkTable, key=("year", "country", "rule", "partner")):
    """Every partner's place among every economy's partners, under five counting rules."""

    year: Whole = column("year")
    country: Text = column("trading_economy")
    rule: Text = column("rule")
    partner: Text = column("partner_economy")
    trade_usd: Number = column("trade_usd")
    partner_rank: Whole = column("partner_rank")
    partner_count: Whole = column("partner_count")


AGGREGATES: dict[str, type[BulkTable]] = {render.table_name(model): model for model in BulkTable.__subclasses__()}
COMMENTS: dict[str, dict[str, str]] = {
    name: {"": render.title(model)} | {c.name: c.comment for c in render.columns(model)} for name, model in AGGREGATES.items()
}
