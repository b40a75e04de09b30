"""The compiled pass and Pandera's own pandas backend agree: check by check, row by row, on generated frames."""

import itertools
import math
import re

import duckdb
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.compile import compiler, rules
from schemas.errors import Refused
from schemas.fields import Day, Flag, Number, Text, TextList, Whole, row_rule
from schemas.validate import findings, misfits
from warehouse.world.check import check, land_lists

MANY = [f"{n:03}" for n in range(0, 900, 3)]


class EveryRule(pa.DataFrameModel):
    """Every check that can be compiled, a key, and columns that may be missing."""

    whole: Whole = pa.Field(ge=-5, lt=50, ne=7, nullable=True)
    listed: Whole = pa.Field(isin=list(range(40)), notin=[3, 4], nullable=True)
    number: Number = pa.Field(gt=-2.5, le=9.75, nullable=True)
    ranged: Number = pa.Field(in_range={"min_value": 0, "max_value": 5, "include_max": False})
    exact: Whole = pa.Field(eq=1, nullable=True)
    word: Text = pa.Field(str_matches="^[A-Z]{3}$", notin=["ABC"])
    prefix: Text = pa.Field(str_startswith="a", str_endswith="z", str_contains="[0-9]", nullable=True)
    length: Text = pa.Field(
        str_length={"min_value": 1, "max_value": 3}, isin=["", "a", "bb", "ccc", "é", "éé", "🙂🙂", "dddd"], nullable=True
    )
    code: Text = pa.Field(isin=[*MANY, "0003"], str_length={"exact_value": 3}, nullable=True)
    banned: Text = pa.Field(notin=MANY, nullable=True)
    day: Day = pa.Field(iso_date={"form": "YYYY-MM-DD"}, nullable=True)
    flag: Flag = pa.Field(nullable=True)
    once: Whole = pa.Field(unique=True, nullable=True)
    smaller = row_rule("whole is below number or both are small", "whole < number or (whole <= 1 and number <= 1)")

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
    "ranged": st.none() | numbers,
    "exact": st.none() | st.integers(0, 2),
    "word": st.none() | words,
    "prefix": st.none() | st.text("az09é\n", max_size=5),
    "length": st.none() | st.sampled_from(["", "a", "bb", "ccc", "é", "éé", "🙂🙂", "dddd", "zz"]),
    "code": st.none() | st.sampled_from(["000", "003", "001", "0003", "", "897", "899"]),
    "banned": st.none() | st.sampled_from(["000", "001", "", "897"]),
    "day": st.none() | st.sampled_from(["2024-02-29", "2023-02-29", "2024-2-9", "0000-01-01", "", "2024-01-01 ", "20240101"]),
    "flag": st.none() | st.booleans(),
    "once": st.none() | st.integers(0, 6),
}
DTYPES = {name: str(field.dtype) for name, field in EveryRule.to_schema().columns.items()}
SQL_TYPES = {"Int64": "BIGINT", "Float64": "DOUBLE", "boolean": "BOOLEAN", "string": "VARCHAR"}
DATABASE = duckdb.connect()
COMPILED = compiler.compiled(EveryRule)


def agreed(found) -> set:
    """Column, rule, count and first rows of each finding; of a rule about rows the columns it reads, once."""
    found = list(found)
    said = {(f.column, f.rule, f.count, tuple(sorted((row for row, _ in f.first), key=str))) for f in found}
    assert len(said) == len(found)
    return said


def typed(rows: list[dict]) -> pd.DataFrame:
    return pd.DataFrame({c: pd.array([r[c] for r in rows], dtype=DTYPES[c]) for c in ROW}, index=range(2, len(rows) + 2))


def in_database(rows: list[dict], types: dict[str, str]) -> duckdb.DuckDBPyConnection:
    con = DATABASE.cursor()
    con.execute(f"create or replace temp table t ({', '.join(f'{c} {t}' for c, t in types.items())}, line bigint)")
    if rows:
        places = ", ".join(["(" + ", ".join("?" * (len(types) + 1)) + ")"] * len(rows))
        con.execute(f"insert into t values {places}", [v for line, row in enumerate(rows, 2) for v in [*(row[c] for c in types), line]])
    return con


def held(model, frame):
    """What Pandera's pandas backend says."""
    wrong = misfits(model, frame)
    return (frame, wrong) if wrong else findings(model.to_schema(), frame)


def compiled_findings(con, made=COMPILED, **how):
    land_lists(con, made)
    return check(con, made, "t", "line", **how).findings


# ten findings show ten rows each; up to twelve rows make both sides stop at the same ones
@settings(deadline=None, max_examples=40)
@given(st.lists(st.fixed_dictionaries(ROW), max_size=12))
def test_typed_rows_agree(rows):
    _, expected = held(EveryRule, typed(rows))
    with in_database(rows, {c: SQL_TYPES[t.split("[")[0]] for c, t in DTYPES.items()}) as con:
        assert agreed(compiled_findings(con)) == agreed(expected)


SOUND = [
    {
        "whole": [-4, 0, 1, 2, 8][n], "listed": 10 + n, "number": 9 + n / 8, "ranged": n / 2, "exact": 1, "word": f"XY{'ABCDE'[n]}", "prefix": f"a{n}z",
        "length": ["a", "bb", "ccc", "é", "éé"][n], "code": MANY[n], "banned": str(n), "day": f"2024-02-2{n}", "flag": True, "once": n,
    }
    for n in range(5)
]  # fmt: skip


def test_sound_rows_are_known_without_counting(monkeypatch):
    monkeypatch.setattr(rules, "counts", lambda *_, **__: pytest.fail("counted"))
    with in_database(SOUND, {c: SQL_TYPES[t.split("[")[0]] for c, t in DTYPES.items()}) as con:
        assert compiled_findings(con) == []
        assert compiled_findings(con, ordered=True) == []


ODD = {
    "whole": [None, -6, 7, 50, -4], "listed": [None, 3, 40], "number": [None, -2.5, 9.76, math.nan], "ranged": [None, -0.1, 5.0, math.nan],
    "exact": [None, 0, 2], "word": [None, "", "ABC", "XYA", "abc"], "prefix": [None, "b1z", "a1b", "az"], "length": [None, "", "dddd", "zz"],
    "code": [None, "0003", "001"], "banned": [None, "003"], "day": [None, "2024-02-30", "2024-2-9"], "flag": [None, False], "once": [None, 0, 4],
}  # fmt: skip


# each rule alone must be enough to end the short cut, whichever row breaks it
@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("column", ODD)
def test_one_odd_cell_among_sound_ones_is_found(column, ordered):
    for odd, position in itertools.product(ODD[column], range(5)):
        rows = [row | {column: odd} if n == position else row for n, row in enumerate(SOUND)]
        _, expected = held(EveryRule, typed(rows))
        with in_database(rows, {c: SQL_TYPES[t.split("[")[0]] for c, t in DTYPES.items()}) as con:
            assert agreed(compiled_findings(con, ordered=ordered)) == agreed(expected)


class Text2(pa.DataFrameModel):
    """Text as a file holds it, turned into numbers."""

    whole: Whole = pa.Field(nullable=True)
    number: Number = pa.Field()
    name: Text = pa.Field(nullable=True)
    flag: Flag = pa.Field(nullable=True)

    class Config:
        """Coerced."""

        strict = True
        coerce = True


TEXT2 = ["whole", "number", "name", "flag"]
READABLE = ["1", "-1", "1.0", "1e3", "abc", "1,5", "nan", "NaN", "inf", "-inf", "", ".5", "5.", "1d3", "--1", "true", "007",
            "9223372036854775807", "9223372036854775808", "99999999999999999999", "1e400"]  # fmt: skip
# Pandera refuses the column but names no row, since Python reads each of these
UNNAMED = [" 1", "1 ", "1_000", "\t1\n", "٣"]
cells = st.none() | st.sampled_from(READABLE)
flags = st.none() | st.sampled_from(["true", "false", "maybe", "True", ""])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.fixed_dictionaries({"whole": cells, "number": cells, "name": cells, "flag": flags}), max_size=8))
def test_text_is_coerced_alike(rows):
    frame = pd.DataFrame({c: pd.array([r[c] for r in rows], dtype="string") for c in TEXT2}, index=range(2, len(rows) + 2))
    _, expected = held(Text2, frame)
    # where a column does not coerce as a whole, Pandera cannot tell a number that is missing from one that is no number
    unreadable = {f.column for f in expected if f.rule.startswith("the type")}
    with in_database(rows, dict.fromkeys(TEXT2, "VARCHAR")) as con:
        found = compiled_findings(con, compiler.compiled(Text2))

    def comparable(listed):
        return agreed(f for f in listed if f.column not in unreadable or f.rule.startswith("the type"))

    assert comparable(found) == comparable(expected)


@pytest.mark.parametrize("cell", UNNAMED)
def test_what_only_python_reads_is_refused_by_both(cell):
    frame = pd.DataFrame(
        {"whole": ["1", cell], "number": ["2.5", cell], "name": ["a", "b"], "flag": ["true", "false"]}, dtype="string", index=[2, 3]
    )
    with in_database(frame.to_dict("records"), dict.fromkeys(TEXT2, "VARCHAR")) as con:
        found = compiled_findings(con, compiler.compiled(Text2))
    assert {"whole", "number"} == {f.column for f in held(Text2, frame)[1] if f.rule.startswith("the type")}
    assert agreed(f for f in found if f.rule.startswith("the type")) == {
        ("whole", "the type('Int64')", 1, (3,)), ("number", "the type('Float64')", 1, (3,))
    }  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abc")), max_size=15), st.booleans())
def test_a_key_compared_with_the_row_before_agrees(pairs, is_sorted):
    class Keyed(pa.DataFrameModel):
        number: Whole = pa.Field()
        letter: Text = pa.Field()

        class Config:
            """Key."""

            coerce = True
            unique = ["number", "letter"]

    pairs = sorted(pairs) if is_sorted else pairs
    rows = [{"number": n, "letter": c} for n, c in pairs]
    frame = pd.DataFrame({"number": pd.array([n for n, _ in pairs], "Int64"), "letter": pd.array([c for _, c in pairs], "string")})
    _, expected = held(Keyed, frame.set_axis(range(2, len(rows) + 2)))
    with in_database(rows, {"number": "BIGINT", "letter": "VARCHAR"}) as con:
        checked = check(con, compiler.compiled(Keyed), "t", "line", ordered=True)
    assert agreed(checked.findings) == agreed(expected)
    assert checked.is_ordered == (pairs == sorted(pairs))


def test_nan_is_missing_as_null_is():
    rows = [dict.fromkeys(ROW) | {"ranged": value, "word": "XYZ", "whole": n} for n, value in enumerate([1.0, None, math.nan])]
    with in_database(rows, {c: SQL_TYPES[t.split("[")[0]] for c, t in DTYPES.items()}) as con:
        [finding] = compiled_findings(con)
    assert (finding.column, finding.rule, finding.count) == ("ranged", "a value is required", 2)
    assert [row for row, _ in finding.first] == [3, 4]


def test_a_rule_about_rows_and_a_key_say_one_line_with_what_they_read():
    class Spell(pa.DataFrameModel):
        first: Whole = pa.Field()
        last: Whole = pa.Field(nullable=True)
        name: Text = pa.Field(nullable=True)
        ends = row_rule("last is not below first", "last >= first")

        class Config:
            """Key."""

            coerce = True
            unique = ["first", "name"]

    rows = [
        {"first": 5, "last": 3, "name": "a"},
        {"first": 1, "last": None, "name": None},
        {"first": 7, "last": 6, "name": "b"},
        {"first": 1, "last": 2, "name": None},
    ]
    said = [
        "t:2: must satisfy last is not below first, found last 3, first 5 (and 1 more)",
        "t:3: must satisfy the key is unique, found first 1, name None (and 1 more)",
    ]
    frame = pd.DataFrame(
        {c: pd.array([r[c] for r in rows], dtype=d) for c, d in [("first", "Int64"), ("last", "Int64"), ("name", "string")]}
    )
    found = held(Spell, frame.set_axis(range(2, 6)))[1]
    assert sorted(f.line("t") for f in found) == said
    assert {f.column: f.first for f in found}["last, first"] == [(2, {"last": 3, "first": 5}), (4, {"last": 6, "first": 7})]
    with in_database(rows, {"first": "BIGINT", "last": "BIGINT", "name": "VARCHAR"}) as con:
        assert sorted(f.line("t") for f in compiled_findings(con, compiler.compiled(Spell))) == said


def test_only_the_first_ten_rows_are_fetched_and_all_are_counted():
    rows = [dict.fromkeys(ROW) | {"ranged": 9.0, "word": "XYZ", "whole": n} for n in range(8, 38)]
    with in_database(rows, {c: SQL_TYPES[t.split("[")[0]] for c, t in DTYPES.items()}) as con:
        [finding] = compiled_findings(con)
    assert finding.count == 30
    assert finding.first == [(line, 9.0) for line in range(2, 12)]


def test_columns_are_required_and_strict_means_no_others():
    rows = [{"whole": 1, "number": 1.0, "name": "a", "flag": True}]
    types = {"whole": "BIGINT", "name": "VARCHAR", "flag": "BOOLEAN"}
    with in_database(rows, types) as con:
        frame = pd.DataFrame({"whole": [1], "name": ["a"], "flag": [True]})
        assert agreed(compiled_findings(con, compiler.compiled(Text2))) == {("number", "the column is required", 1, (None,))}
        assert [f.column for f in held(Text2, frame)[1]] == ["number"]
    with in_database([{**rows[0], "more": 1}], types | {"number": "DOUBLE", "more": "INTEGER"}) as con:
        assert [f.rule for f in compiled_findings(con, compiler.compiled(Text2))] == ["no column of this name is known"]


@pytest.mark.parametrize(("strict", "finds"), [(False, []), ("filter", [])])
def test_without_strict_other_columns_are_let_be(strict, finds):
    model = type(
        "Loose", (pa.DataFrameModel,), {"__annotations__": {"a": Whole}, "a": pa.Field(), "Config": type("Config", (), {"strict": strict})}
    )
    with in_database([{"a": 1, "b": 2}], {"a": "BIGINT", "b": "BIGINT"}) as con:
        assert compiled_findings(con, compiler.compiled(model)) == finds


def test_without_coerce_another_type_is_a_finding():
    class Exact(pa.DataFrameModel):
        a: Whole = pa.Field()
        b: Number = pa.Field()

        class Config:
            """In this order."""

            ordered = True

    frame = pd.DataFrame({"a": pd.array(["1"], "string"), "b": pd.array([1.0], "Float64")})
    with pytest.raises(pa.errors.SchemaErrors) as error:
        Exact.validate(frame, lazy=True)
    assert set(error.value.failure_cases["check"]) == {"dtype('Int64')"}
    with in_database([{"a": "1", "b": 1.0}], {"a": "VARCHAR", "b": "DOUBLE"}) as con:
        assert [(f.column, f.rule) for f in compiled_findings(con, compiler.compiled(Exact))] == [("a", "the type('Int64')")]
    with in_database([{"b": 1.0, "a": 1}], {"b": "DOUBLE", "a": "BIGINT"}) as con:
        assert {f.rule for f in compiled_findings(con, compiler.compiled(Exact))} == {"column_ordered"}


def refused(**fields) -> type[pa.DataFrameModel]:
    kinds = {name: kind for name, (kind, _) in fields.items()}
    return type("Refusable", (pa.DataFrameModel,), {"__annotations__": kinds, **{name: field for name, (_, field) in fields.items()}})


class Grouped(pa.DataFrameModel):
    """A check of whole rows written in pandas alone."""

    a: Whole = pa.Field()

    @pa.dataframe_check(name="is the mode")
    def mode(cls, frame):  # noqa: N805
        return frame["a"] == frame["a"].mode()[0]


@pytest.mark.parametrize(
    "model",
    [
        Grouped,
        refused(a=(TextList, pa.Field())),
        refused(a=(Whole, pa.Field(unique_values_eq={1}))),
        refused(a=(Text, pa.Field(str_contains=r"a.b"))),
        refused(a=(Whole, pa.Field(ge=1, ignore_na=False))),
        refused(a=(Whole, pa.Field(ge=1, raise_warning=True))),
        refused(a=(Whole, pa.Field(alias="^a.*", regex=True))),
    ],
)
def test_what_has_no_sql_is_refused_when_the_schema_is_loaded(model):
    with pytest.raises(Refused):
        compiler.compiled(model)


@pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")
@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d{2}$", r"[\d]", r"[^\w-]", r"^(?=a)", "a.b", "a$b", "a*+", "a{2}+", "a{1001}", "a{2,1001}", "a{,3}",
        r"\u0041", r"(a)\1", "[[:alpha:]]",
    ],
)  # fmt: skip
def test_a_pattern_that_means_something_else_to_python_is_refused(pattern):
    with pytest.raises(Refused, match="does not mean the same"):
        compiler.compiled(refused(a=(Text, pa.Field(str_matches=pattern))))


@pytest.mark.parametrize("pattern", ["^[0-9]{2}$", r"^\\$", r"^\$", r"[.\]$]$", "a{2,}b?", r"\n", "(ab|c)*?$", "[]a]", "a|b$"])
def test_a_pattern_that_is_taken_means_what_it_means_to_python(pattern):
    made = compiler.compiled(refused(a=(Text, pa.Field(str_matches=pattern))))
    texts = ["", "a", "b", "12", "12\n", "12\n\n", "\\", "\\\n", "$", "$$", ".", "]", "aab", "aa", "ab", "abc", "\n", "x"]
    for text in texts:
        with in_database([{"a": text}], {"a": "VARCHAR"}) as con:
            assert bool(compiled_findings(con, made)) != bool(re.match(pattern, text)), text


def test_long_lists_are_joined_and_short_ones_written_out():
    sql = rules.counts(COMPILED, "t", {c: SQL_TYPES[t.split("[")[0]] for c, t in DTYPES.items()})
    assert set(rules.of_typed(COMPILED)[1]) == {"allowed listed 0", "allowed code 1", "allowed banned 2"}
    assert "'897'" not in sql
    assert '"listed" not in (3, 4)' in sql


def test_a_check_more_is_as_if_the_model_declared_it():
    made = COMPILED.narrowed("whole", rules.Check("less_than", {"max_value": 1}, "less_than(1)"))
    made = made.narrowed("code", rules.Check("isin", {"allowed_values": MANY[1:]}, "listed"))
    with in_database(SOUND, {c: SQL_TYPES[t.split("[")[0]] for c, t in DTYPES.items()}) as con:
        found = compiled_findings(con, made)
    assert [(f.column, f.rule, f.count) for f in found] == [("whole", "less_than(1)", 3), ("code", "listed", 1)]
    with pytest.raises(ValueError, match="unpack"):
        COMPILED.narrowed("wohle", rules.Check("less_than", {"max_value": 1}, "less_than(1)"))


def test_a_list_may_be_declared_as_a_set_and_a_single_column_be_the_key():
    made = compiler.compiled(refused(a=(Text, pa.Field(isin=set(MANY), unique=True))))
    with in_database([{"a": MANY[0]}, {"a": MANY[0]}, {"a": "no"}], {"a": "VARCHAR"}) as con:
        found = compiled_findings(con, made, ordered=True)
    assert [(f.rule.split("(")[0], f.count) for f in found] == [("isin", 1), (rules.UNIQUE_COLUMN, 2)]
