"""Change the models, one place at a time, and count which defence detects it: `.venv/bin/python -m tests.campaigns.mutate_sql`.

Put here changes of SQL, and their detection by the schemas, the audits or the figures counted by hand; not mistakes in figures
(`campaigns.mutate`).

Each mutant is built as of the newest day and as of the article's. A mutant that changes no row on either day counts as equivalent: only
other figures could distinguish it from the model.
"""

import argparse
import datetime as dt
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Timer

import duckdb

from schemas.errors import Refused  # noqa: E402
from sources import snapshot  # noqa: E402
from tests.support.mutants import Proving
from tests.warehouse.models import test_charts, test_claims
from warehouse import models  # noqa: E402
from warehouse.build.claims import set_days

CHANGES = [
    (r"(?<![<>=])<=", "<"), (r"(?<![<>=])>=", ">"), (r"(?<![<>=])<(?![<>=])", "<="), (r"(?<![<>=])>(?![<>=])", ">="), (r"<>", "="),
    (r"(?<= )and(?= )", "or"), (r"(?<= )or(?= )", "and"), (r"\bleft join\b", "join"), (r"(?<!left )(?<!cross )\bjoin\b", "left join"),
    (r"\bsum\(", "max("), (r"\bmax\(", "min("), (r"\bmin\(", "max("), (r"\bbool_or\(", "bool_and("), (r"\bbool_and\(", "bool_or("),
    (r"\bcount\(distinct ", "count("), (r"\bunion all\b", "union"), (r" desc\b", ""), (r"\bnot (?!null)", ""), (r" \+ 1\b", ""),
    (r"\b100 \*", "10 *"), (r"\bgreatest\(", "least("), (r"\bleast\(", "greatest("), (r"\bis not null\b", "is null"),
    (r"\bcoalesce\(([a-z_.]+), [^()]+\)", r"\1"), (r"\bfilter \(where [^()]*\)", ""), (r"^\s+and [^\n]*$", ""), (r"^(\s*)where [^\n]*$", r"\1where true"),
]  # fmt: skip
BATCH = 20
PATIENCE = 60  # seconds; a model takes two at most, a mutated join may multiply rows without end
OUTCOMES = ("error", "schema", "audit", "by hand", "survived", "equivalent")


def mutated(model: models.Model) -> Iterator[tuple[models.Model, str]]:
    """Yield the model with each change at each place, and a description of the change; comments stay."""
    for pattern, instead in CHANGES:
        for match in re.finditer(pattern, model.sql, re.MULTILINE):
            line_start = model.sql.rfind("\n", 0, match.start()) + 1
            if "--" in model.sql[line_start : match.start()]:
                continue
            sql = model.sql[: match.start()] + match.expand(instead) + model.sql[match.end() :]
            line = model.sql.count("\n", 0, match.start()) + 1
            if sql.count("(") == sql.count(")"):
                yield model._replace(sql=sql), f"{line}: {match[0].strip()[:60]} -> {match.expand(instead).strip()[:60] or 'nothing'}"


def _is_as_expected(answer: tuple, expected: tuple) -> bool:
    value, verdict, evidence = answer
    return (value, verdict or "not decidable") == expected[:2] and expected[2] in (None, len(set(evidence)))


def _decide(con: duckdb.DuckDBPyConnection, claims: list[models.Model]) -> dict[str, tuple]:
    return {m.claim_id: con.execute(m.sql).fetchone() for m in claims}


def outcome(proving: Proving, model: models.Model, is_today: bool) -> str:
    """Return the first defence that detects the mutant on the day of `proving`, or `survived` or `equivalent`."""
    proving.con.execute("begin transaction")
    patience = Timer(PATIENCE, proving.con.interrupt)
    patience.start()
    try:
        changed: set[str] = set()
        is_claim = model.name.startswith("claims.")
        if not is_claim:
            for defence, message in proving.rebuild(changed, model):
                if message:
                    return defence.split()[-1]
            if not changed:
                return "equivalent"
        verdicts = _decide(proving.con, [model] if is_claim else models.claims())
        if not all(_is_as_expected(answer, test_claims.ANSWERS[name][is_today]) for name, answer in verdicts.items()):
            return "by hand"
        if changed and is_today and any(proving.con.execute(sql).fetchall() != rows for sql, rows in test_charts.BY_HAND.values()):
            return "by hand"
        return "survived" if changed or any(proving.verdicts[name] != answer for name, answer in verdicts.items()) else "equivalent"
    except (Refused, duckdb.Error):
        return "error"
    finally:
        patience.cancel()
        proving.con.execute("rollback")


@contextmanager
def _provings() -> Iterator[list[Proving]]:
    """Yield a `Proving` of the newest day and one of the article's; renew both often, since DuckDB keeps rolled back data."""
    with tempfile.TemporaryDirectory() as folder:
        provings = []
        for day in (None, dt.date(2024, 12, 12)):
            place = Path(folder) / str(day)
            place.mkdir()
            provings.append(proving := Proving(place, snapshot.sources(), day))
            proving.con.execute("set memory_limit = '6GB'")
            set_days(proving.con, proving.clock.as_of, models.texts()[0].published_on)
            proving.verdicts = _decide(proving.con, models.claims())
        yield provings
        for proving in provings:
            proving.close()


def main() -> None:
    """Try every mutant on both days, print the survivors and a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="models whose name contains this")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try only every Nth mutant")
    options = parser.parse_args()
    counted: Counter[tuple[str, str]] = Counter()
    started = time.monotonic()
    every = [m for layer in ("core", "charts") for m in models.layer(layer)] + models.claims()
    mutants = [mutant for model in every if options.only in model.name for mutant in mutated(model)]
    remaining = iter(mutants[:: options.every])
    while batch := list(islice(remaining, BATCH)):
        with _provings() as (today, earlier):
            for model, change in batch:
                result = outcome(today, model, True)
                if result in ("survived", "equivalent"):
                    result = min(result, outcome(earlier, model, False), key=OUTCOMES.index)
                counted[model.name.split(".")[0], result] += 1
                if result == "survived":
                    print(f"{model.name}:{change}", flush=True)
    print("| layer | mutants | killed | " + " | ".join(OUTCOMES) + " |\n|---|" + "---|" * (len(OUTCOMES) + 2))
    for layer in ("core", "charts", "claims"):
        by = {o: counted[layer, o] for o in OUTCOMES}
        real = sum(by.values()) - by["equivalent"]
        killed = real - by["survived"]
        print(f"| {layer} | {real} | {killed / max(real, 1):.0%} | " + " | ".join(str(by[o]) for o in OUTCOMES) + " |")
    print(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
