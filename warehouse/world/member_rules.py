"""Derive the rules of a member: those of every BACI member, narrowed by the archive's code lists and the member's year."""

from schemas.compile.rules import Check, ModelRules
from schemas.world import BACI_RULES, BETWEEN_STATES
from warehouse.world.editions import CodeLists

UNKNOWN_CODE = "the publisher's list has the code"


def of_archive(codes: CodeLists) -> ModelRules:
    """Return the rules of every member of an archive with these lists."""
    countries, products = [code for code, *_ in codes.countries], [code for code, _ in codes.products]
    rules = BACI_RULES
    for column, listed in {"exporter_code": countries, "importer_code": countries, "product_code": products}.items():
        rules = rules.narrowed(column, Check("isin", {"allowed_values": listed}, UNKNOWN_CODE))
    return rules


def of_year(rules: ModelRules, year: int) -> ModelRules:
    """Return the rules of the member of one year."""
    return rules.narrowed("year", Check("equal_to", {"value": year}, f"equal_to({year})"))


def is_reported(rule: str) -> bool:
    """Return True if offenders of the rule are reported and kept, since the publisher's notes may explain them."""
    return rule in (BETWEEN_STATES, UNKNOWN_CODE)
