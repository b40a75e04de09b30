"""Test that the compiled checks agree with Pandera's pandas backend, check by check and row by row, on generated frames."""

import math
import re

import duckdb
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.typing import Series

from schemas.compile import compiler, rules
from schemas.errors import Refused
from schemas.fields import Day, Flag, Number, Text, TextList, Whole, row_rule
from schemas.validate import findings, misfits
from warehouse.check import check

MANY = [f"{n:03}" for n in range(0, 900, 3)]


class EveryRule(pa.DataFrameModel):
    """Every check that can be compiled, a key, and columns that may be missing."""

    whole: Whole = pa.Field(ge=-5, le=49, nullable=True)
    listed: Whole = pa.Field(gt=2, isin=list(range(3, 40)), nullable=True)
    number: Number = pa.Field(ge=-2.5, le=9.75, nullable=True)
    required: Number = pa.Field(ge=0, le=5)
    exact: Whole = pa.Field(eq=1, nullable=True)
    word: Text = pa.Field(str_matches="^[A-Z]{3}$")
    digits: Text = pa.Field(str_matches="[0-9]+", nullable=True)
    code: Text = pa.Field(isin=[*MANY, "0003", "é"], str_matches="^[0-9a]{3}$", nullable=True)
    day: Day = pa.Field(iso_date="YYYY-MM-DD", nullable=True)
    address: Text = pa.Field(str_startswith="http")
    flag: Flag = pa.Field()
    names: TextList = pa.Field()
    smaller = row_rule("whole is below number or both are small", "whole < number or (whole <= 1 and number <= 1)", "whole", "number")

    class Config:
        """Key."""

        strict = True
        coerce = True
        unique = ["whole", "word"]


words = st.sampled_from(["ABC", "ABD", "XYZ", "abc", "AB", "ABCD", "", "ABC\n", "ÄBC", "A C"])
numbers = st.sampled_from([-3.0, -2.5, 0.0, 1.0, 4.999, 5.0, 9.75, 9.76, 1e300, math.inf, -math.inf, math.nan])
ROW = {
    "whole": st.none() | st.sampled_from([-6, -5, -4, 0, 1, 7, 49, 50, 51]),
    "listed": st.none() | st.sampled_from([-1, 0, 3, 4, 39, 40]),
    "number": st.none() | numbers,
    "required": st.none() | numbers,
    "exact": st.none() | st.integers(0, 2),
    "word": st.none() | words,
    "digits": st.none() | st.text("az09é\n", max_size=5),
    "code": st.none() | st.sampled_from(["000", "003", "001", "0003", "", "897", "899", "é"]),
    "day": st.none() | st.sampled_from(["2024-02-29", "2023-02-29", "2024-2-9", "0000-01-01", "2024-01-01\n", "20240101", ""]),
    "address": st.none() | st.sampled_from(["https://example.org", "http", "HTTP", " http", ""]),
    "flag": st.none() | st.booleans(),
    "names": st.none() | st.lists(st.sampled_from("ab"), max_size=2),
}
EMPTY = dict.fromkeys(ROW) | {"address": "http", "flag": True, "names": []}  # a row that breaks no rule but that of `required` and `word`
DTYPES = {name: str(field.dtype) for name, field in EveryRule.to_schema().columns.items()}
COMPILED = compiler.compile_model(EveryRule)
TYPES = {column.name: column.kind for column in COMPILED.columns}


def agreed(all_findings) -> set:
    """Column, rule, count and first rows of each finding; of a rule about rows the columns it reads, once."""
    listed = list(all_findings)
    agreeing = {(f.column, f.rule, f.row_count, tuple(sorted((row for row, _ in f.first), key=str))) for f in listed}
    assert len(agreeing) == len(listed)
    return agreeing


def typed(rows: list[dict]) -> pd.DataFrame:
    columns = {c: pd.Series([r[c] for r in rows], range(2, len(rows) + 2), dtype=DTYPES[c]) for c in ROW}
    return pd.DataFrame(columns, index=range(2, len(rows) + 2))


def in_database(rows: list[dict], types: dict[str, str]) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"create or replace temp table t ({', '.join(f'{c} {t}' for c, t in types.items())}, line bigint)")
    if rows:
        places = ", ".join(["(" + ", ".join("?" * (len(types) + 1)) + ")"] * len(rows))
        con.execute(f"insert into t values {places}", [v for line, row in enumerate(rows, 2) for v in [*(row[c] for c in types), line]])
    return con


def by_pandera(model, frame):
    """Return the frame and the findings of Pandera's pandas backend."""
    wrong = misfits(model, frame)
    return (frame, wrong) if wrong else findings(model.to_schema(), frame)


def compiled_findings(con, rules=COMPILED):
    return check(con, rules, "t", "line").findings


# ten findings show ten rows each; up to twelve rows make both sides stop at the same ones
@settings(deadline=None, max_examples=40)
@given(st.lists(st.fixed_dictionaries(ROW), max_size=12))
def test_typed_rows_agree(rows):
    _, expected = by_pandera(EveryRule, typed(rows))
    with in_database(rows, TYPES) as con:
        assert agreed(compiled_findings(con)) == agreed(expected)


SOUND = [
    {
        "whole": [-4, 0, 1, 2, 8][n], "listed": 10 + n, "number": 9 + n / 8, "required": n / 2, "exact": 1, "word": f"XY{'ABCDE'[n]}",
        "digits": f"{n}z", "code": MANY[n], "day": f"2024-02-{n + 1:02}", "address": "http://x", "flag": n % 2 == 0, "names": ["a"] * n,
    }
    for n in range(5)
]  # fmt: skip
ODD = {
    "whole": [None, -6, 50, 0], "listed": [None, 2, 40], "number": [None, -2.6, 9.76, math.nan], "required": [None, -0.1, 5.1, math.nan],
    "exact": [None, 0, 2], "word": [None, "", "ABCD", "XYA", "abc"], "digits": [None, "z1", ""], "code": [None, "0003", "001"],
    "day": [None, "2023-02-29", ""], "address": [None, "ftp://x"], "flag": [None], "names": [None],
}  # fmt: skip


# each rule alone; the row that breaks it moves from one odd cell to the next
@pytest.mark.parametrize("column", ODD)
def test_one_odd_cell_among_sound_ones_is_found(column):
    for position, odd in enumerate(ODD[column], start=list(ODD).index(column)):
        position %= len(SOUND)
        rows = [row | {column: odd} if n == position else row for n, row in enumerate(SOUND)]
        _, expected = by_pandera(EveryRule, typed(rows))
        with in_database(rows, TYPES) as con:
            assert agreed(compiled_findings(con)) == agreed(expected)


class Text2(pa.DataFrameModel):
    """Text as in a file, turned into numbers."""

    place: Text = pa.Field()
    whole: Whole = pa.Field(nullable=True)
    number: Number = pa.Field()
    name: Text = pa.Field(nullable=True)
    flag: Flag = pa.Field()

    class Config:
        """Coerced."""

        strict = True
        coerce = True
        unique = ["place"]


TEXT2 = ["place", "whole", "number", "name", "flag"]
READABLE = ["1", "-1", "1.0", "1e3", "abc", "1,5", "nan", "NaN", "inf", "-inf", "", ".5", "5.", "1d3", "--1", "true", "007",
            "9223372036854775807", "9223372036854775808", "99999999999999999999", "1e400"]  # fmt: skip
# Pandera refuses the column but names no row, since Python reads each of these
UNNAMED = [" 1", "1 ", "1_000", "\t1\n", "٣"]
cells = st.none() | st.sampled_from(READABLE)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"whole": cells, "number": cells, "name": cells, "flag": st.none() | st.sampled_from(["true", "false", "True", "yes", ""])}
        ),
        max_size=8,
    )
)
def test_text_is_coerced_alike(rows):
    rows = [{"place": str(n), **row} for n, row in enumerate(rows)]
    frame = pd.DataFrame({c: pd.array([r[c] for r in rows], dtype="string") for c in TEXT2}, index=range(2, len(rows) + 2))
    _, expected = by_pandera(Text2, frame)
    # where a column does not coerce as a whole, Pandera cannot distinguish a missing number from a text that is no number
    unreadable = {f.column for f in expected if f.rule.startswith("the type")}
    with in_database(rows, dict.fromkeys(TEXT2, "VARCHAR")) as con:
        found = compiled_findings(con, compiler.compile_model(Text2))

    def comparable(listed):
        return agreed(f for f in listed if f.column not in unreadable or f.rule.startswith("the type"))

    assert comparable(found) == comparable(expected)


@pytest.mark.parametrize("cell", UNNAMED)
def test_what_only_python_reads_is_refused_by_both(cell):
    frame = pd.DataFrame(
        {"place": ["a", "b"], "whole": ["1", cell], "number": ["2.5", cell], "name": ["a", "b"], "flag": ["true", "false"]},
        dtype="string",
        index=[2, 3],
    )
    with in_database(frame.to_dict("records"), dict.fromkeys(TEXT2, "VARCHAR")) as con:
        found = compiled_findings(con, compiler.compile_model(Text2))
    assert {"whole", "number"} == {f.column for f in by_pandera(Text2, frame)[1] if f.rule.startswith("the type")}
    assert agreed(f for f in found if f.rule.startswith("the type")) == {
        ("whole", "the type is Int64", 1, (3,)), ("number", "the type is Float64", 1, (3,))
    }  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.none() | st.integers(0, 3), st.none() | st.sampled_from("abc")), max_size=12), st.booleans())
def test_a_key_compared_with_the_row_before_agrees(pairs, is_sorted):
    class Keyed(pa.DataFrameModel):
        number: Whole = pa.Field(nullable=True)
        letter: Text = pa.Field(nullable=True)

        class Config:
            """Key."""

            strict = True
            coerce = True
            unique = ["number", "letter"]

    ordered = sorted(pairs, key=lambda pair: [(part is None, part) for part in pair])
    pairs = ordered if is_sorted else pairs
    rows = [{"number": n, "letter": c} for n, c in pairs]
    frame = pd.DataFrame({"number": pd.array([n for n, _ in pairs], "Int64"), "letter": pd.array([c for _, c in pairs], "string")})
    _, expected = by_pandera(Keyed, frame.set_axis(range(2, len(rows) + 2)))
    with in_database(rows, {"number": "BIGINT", "letter": "VARCHAR"}) as con:
        checked = check(con, compiler.compile_model(Keyed), "t", "line")
    assert agreed(checked.findings) == agreed(expected)
    assert checked.is_ordered == (pairs == ordered and len(set(pairs)) == len(pairs))


def test_nan_is_missing_as_null_is():
    rows = [EMPTY | {"required": value, "word": "XYZ", "whole": n} for n, value in enumerate([1.0, None, math.nan])]
    with in_database(rows, TYPES) as con:
        [finding] = compiled_findings(con)
    assert (finding.column, finding.rule, finding.row_count) == ("required", "a value is required", 2)
    assert [row for row, _ in finding.first] == [3, 4]


def test_a_rule_about_rows_and_a_key_say_one_line_with_what_they_read():
    class Spell(pa.DataFrameModel):
        first: Whole = pa.Field()
        last: Whole = pa.Field(nullable=True)
        name: Text = pa.Field(nullable=True)
        ends = row_rule("last is not below first", "last >= first", "first", "last")

        class Config:
            """Key."""

            strict = True
            coerce = True
            unique = ["first", "name"]

    rows = [
        {"first": 5, "last": 3, "name": "a"},
        {"first": 1, "last": None, "name": None},
        {"first": 7, "last": 6, "name": "b"},
        {"first": 1, "last": 2, "name": None},
    ]
    lines = [
        't:2: breaks the rule "last is not below first", found first 5, last 3 (and 1 more)',
        't:3: breaks the rule "the key is unique", found first 1, name None (and 1 more)',
    ]
    frame = pd.DataFrame(
        {c: pd.array([r[c] for r in rows], dtype=d) for c, d in [("first", "Int64"), ("last", "Int64"), ("name", "string")]}
    )
    found = by_pandera(Spell, frame.set_axis(range(2, 6)))[1]
    assert sorted(f.line("t") for f in found) == lines
    assert {f.column: f.first for f in found}["first, last"] == [(2, {"first": 5, "last": 3}), (4, {"first": 7, "last": 6})]
    with in_database(rows, {"first": "BIGINT", "last": "BIGINT", "name": "VARCHAR"}) as con:
        assert sorted(f.line("t") for f in compiled_findings(con, compiler.compile_model(Spell))) == lines


def test_only_the_first_ten_rows_are_fetched_and_all_are_counted():
    rows = [EMPTY | {"required": 9.0, "word": "XYZ", "whole": n} for n in range(8, 38)]
    with in_database(rows, TYPES) as con:
        [finding] = compiled_findings(con)
    assert finding.row_count == 30
    assert finding.first == [(line, 9.0) for line in range(2, 12)]


SETTINGS = {"strict": True, "coerce": True, "unique": ["a"]}


def model_of(settings=SETTINGS, **fields) -> type[pa.DataFrameModel]:
    """Return a model of these fields."""
    kinds = {name: kind for name, (kind, _) in fields.items()}
    body = {name: field for name, (_, field) in fields.items()} | {"Config": type("Config", (), settings)}
    return type("Refusable", (pa.DataFrameModel,), {"__annotations__": kinds, **body})


class Grouped(pa.DataFrameModel):
    """A check of whole rows written in pandas alone."""

    a: Whole = pa.Field()

    @pa.dataframe_check(name="is the mode")
    def mode(cls, frame):  # noqa: N805
        return frame["a"] == frame["a"].mode()[0]

    class Config:
        """Key."""

        strict = True
        coerce = True
        unique = ["a"]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Grouped, "is the mode: a check of whole rows"),
        (model_of(a=(Series[pd.CategoricalDtype], pa.Field())), "Refusable.a: the type category has no equivalent in SQL"),
        (model_of(a=(Whole, pa.Field(unique_values_eq={1}))), "Refusable.a: the check unique_values_eq has no equivalent in SQL"),
        (model_of(a=(Whole, pa.Field(lt=1))), "Refusable.a: the check less_than has no equivalent in SQL"),
        (model_of(a=(Text, pa.Field(str_contains="ab"))), "Refusable.a: the check str_contains has no equivalent in SQL"),
        (model_of(a=(Whole, pa.Field(ge=1, ignore_na=False))), "Refusable.a: .*ignore_na"),
        (model_of(a=(Whole, pa.Field(ge=1, raise_warning=True))), "Refusable.a: .*raise_warning"),
        (model_of(a=(Whole, pa.Field(alias="^a.*", regex=True))), "Refusable: .*column patterns"),
        (model_of(a=(Whole, pa.Field(unique=True))), "Refusable: .*unique columns"),
        (model_of(SETTINGS | {"ordered": True}, a=(Whole, pa.Field())), "Refusable: .*order"),
        *[
            (model_of({k: v for k, v in SETTINGS.items() if k != lost}, a=(Whole, pa.Field())), f"Refusable: only .* {lost}")
            for lost in SETTINGS
        ],
    ],
)
def test_a_rule_without_sql_is_refused_at_import_in_one_line(model, message):
    with pytest.raises(Refused, match=message) as refusal:
        compiler.compile_model(model)
    assert "\n" not in str(refusal.value)


def test_a_type_that_is_not_read_exactly_is_refused():
    with in_database([{"a": 4.4}], {"a": "DOUBLE"}) as con, pytest.raises(Refused, match="Refusable.a: a column of type DOUBLE"):
        compiled_findings(con, compiler.compile_model(model_of(a=(Whole, pa.Field()))))


@pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")
@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d{2}$", r"[\d]", r"[^\w-]", r"^(?=a)", "a.b", "a$b", "a*+", "a{2}+", "a{1001}", "a{2,1001}", "a{,3}",
        r"\u0041", r"(a)\1", "[[:alpha:]]", "a|b$", "(?:ab)*", "((ab)*)", "(a|)", "[^a]", r"\n", "$a", "é", "", "^$",
    ],
)  # fmt: skip
def test_a_pattern_that_means_something_else_to_python_is_refused(pattern):
    with pytest.raises(Refused, match="may match the pattern"):
        compiler.compile_model(model_of(a=(Text, pa.Field(str_matches=pattern))))


@pytest.mark.parametrize(
    "pattern", ["^[0-9]{2}$", "a{2,}b?", "[ab]+$", "^a*b{1,2}$", "a-b", "a*", "b?$", "^(a|ab|[0-9]{2})$", "(ab)*b$", "^a(;b)*$"]
)
def test_a_pattern_that_is_taken_means_what_it_means_to_python(pattern):
    compiled = compiler.compile_model(model_of(a=(Text, pa.Field(str_matches=pattern))))
    texts = [
        "",
        "a",
        "b",
        "12",
        "12\n",
        "12\n\n",
        "\\",
        "\\\n",
        "$",
        "$$",
        ".",
        "]",
        "aab",
        "aa",
        "ab",
        "abc",
        "a-b",
        "bb\n",
        "\n",
        "x",
        "abab",
        "a;b",
        "a;b;b",
        "a;bb",
    ]
    for text in texts:
        with in_database([{"a": text}], {"a": "VARCHAR"}) as con:
            assert bool(compiled_findings(con, compiled)) != bool(re.match(pattern, text)), text


def test_a_long_list_is_looked_up_and_not_written_out():
    sql = rules.counts(COMPILED, "t", TYPES)
    assert set(COMPILED.value_lists()) == {"allowed code 0"}
    assert "'897'" not in sql and "38, 39)" in sql


def test_a_check_more_is_as_if_the_model_declared_it():
    narrowed = COMPILED.narrowed("whole", rules.Check("less_than_or_equal_to", {"max_value": 0}, "at most 0"))
    narrowed = narrowed.narrowed("code", rules.Check("isin", {"allowed_values": MANY[1:]}, "listed"))
    with in_database(SOUND, TYPES) as con:
        findings_of_both = compiled_findings(con, narrowed)
    assert [(f.column, f.rule, f.row_count) for f in findings_of_both] == [("whole", "at most 0", 3), ("code", "listed", 1)]
    with pytest.raises(ValueError, match="EveryRule has no column wohle"):
        COMPILED.narrowed("wohle", rules.Check("equal_to", {"value": 1}, "1"))


def test_a_list_may_be_declared_as_a_set():
    compiled = compiler.compile_model(model_of(a=(Text, pa.Field(isin=set(MANY)))))
    with in_database([{"a": MANY[0]}, {"a": MANY[0]}, {"a": "no"}], {"a": "VARCHAR"}) as con:
        assert [(f.rule.split("(")[0], f.row_count) for f in compiled_findings(con, compiled)] == [("isin", 1), (rules.KEY_RULE, 2)]
