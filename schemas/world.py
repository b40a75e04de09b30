"""Bulk files: what a member of an archive must look like, in the publisher's own meaning, and the aggregates made from them.

Belongs here: one model a bulk source and one an aggregate, each compiled where it is declared. Does not belong here: reading archives, or what
the figures add up to (`warehouse.world`).
"""

import pandera.pandas as pa

from schemas import render
from schemas.compile.compiler import compiled
from schemas.compile.rules import Compiled
from schemas.compile.world_rules import BETWEEN_STATES, WITH_ANOTHER
from schemas.fields import Number, Text, Whole, column, row_rule

FIRST_YEAR = {"baci": 1988, "comtrade-bulk": 1962}


class Baci(pa.DataFrameModel):
    """CEPII BACI: trade reconciled from both sides' reports, by year, exporter, importer and six-digit product."""

    year: Whole = column("year", ge=FIRST_YEAR["baci"])
    exporter_code: Whole = column("exporter_code")
    importer_code: Whole = column("importer_code")
    product_code: Text = column("product_code")
    value_thousand_usd: Number = column("value_thousand_usd")
    quantity_tonnes: Number = column("quantity_tonnes", nullable=True)
    between_states = row_rule(BETWEEN_STATES, "exporter_code != importer_code")

    class Config:
        """Key."""

        strict = True
        coerce = True
        unique = ["year", "exporter_code", "importer_code", "product_code"]


class ComtradeBulk(pa.DataFrameModel):
    """UN Comtrade bulk file: one reporter's annual trade, by flow, partner and product, all customs procedures and transport together."""

    year: Whole = column("year", ge=FIRST_YEAR["comtrade-bulk"])
    reporter_code: Whole = column("reporter_code")
    flow: Text = column("flow", isin=["M", "X", "RX", "RM", "DX", "FM", "MIP", "MOP", "XIP", "XOP"])
    partner_code: Whole = column("partner_code")
    product_code: Text = column("product_code", str_matches="^([0-9]{2}|[0-9]{4}|[0-9]{6}|TOTAL)$")
    value_usd: Number = column("value_usd")
    net_weight_kg: Number = column("quantity", nullable=True, unit="kg", description="Net weight")
    with_another = row_rule(WITH_ANOTHER, "reporter_code != partner_code")

    class Config:
        """Key."""

        strict = True
        coerce = True
        unique = ["year", "reporter_code", "flow", "partner_code", "product_code"]


MODELS: dict[str, type[pa.DataFrameModel]] = {"baci": Baci, "comtrade-bulk": ComtradeBulk}
COMPILED: dict[str, Compiled] = {name: compiled(model) for name, model in MODELS.items()}


class BulkTable(pa.DataFrameModel):
    """Settings of the aggregates, `warehouse/models/bulk/<table>.sql`."""

    class Config:
        """Exactly the declared columns, in the declared order."""

        strict = True
        ordered = True
        coerce = True


class Chapter(BulkTable):
    """World trade by year, exporter, importer and HS chapter."""

    year: Whole = column("year")
    exporter: Text = column("economy", description="Economy the goods leave (ISO alpha-3)")
    importer: Text = column("economy", description="Economy the goods enter (ISO alpha-3)")
    hs_chapter: Text = column("hs_chapter", str_matches="^[0-9]{2}$")
    value_usd: Number = column("value_usd")
    quantity_tonnes: Number = column("quantity_tonnes", nullable=True)
    product_count: Whole = column("product_count")

    class Config:
        """Key."""

        unique = ["year", "exporter", "importer", "hs_chapter"]


class DyadYear(BulkTable):
    """World trade by year, exporter and importer."""

    year: Whole = column("year")
    exporter: Text = column("economy", description="Economy the goods leave (ISO alpha-3)")
    importer: Text = column("economy", description="Economy the goods enter (ISO alpha-3)")
    value_usd: Number = column("value_usd")
    product_count: Whole = column("product_count")

    class Config:
        """Key."""

        unique = ["year", "exporter", "importer"]


class CountryYear(BulkTable):
    """Each economy's trade with all others together."""

    year: Whole = column("year")
    country: Text = column("economy")
    exports_usd: Number = column("value_usd", description="Exports to all economies, current US dollars")
    imports_usd: Number = column("value_usd", description="Imports from all economies, priced FOB, current US dollars")
    trade_usd: Number = column("trade_usd")
    partner_count: Whole = column("partner_count")

    class Config:
        """Key."""

        unique = ["year", "country"]


class PartnerRank(BulkTable):
    """Every partner's place among every economy's partners, under five counting rules."""

    year: Whole = column("year")
    country: Text = column("economy")
    rule: Text = column("rule")
    partner: Text = column("economy", description="Partner: an economy, or EUU or ASN under rules that count the bloc as one")
    trade_usd: Number = column("trade_usd")
    partner_rank: Whole = column("rank")
    partner_count: Whole = column("partner_count")

    class Config:
        """Key."""

        unique = ["year", "country", "rule", "partner"]


AGGREGATES: dict[str, type[BulkTable]] = {
    "chapter": Chapter,
    "dyad_year": DyadYear,
    "country_year": CountryYear,
    "partner_rank": PartnerRank,
}
COMMENTS: dict[str, dict[str, str]] = {
    name: {"": render.title(model)} | {c.name: c.comment for c in render.columns(model)} for name, model in AGGREGATES.items()
}
