"""Time the bulk path and write a table to warehouse/BENCHMARKS.md: `python -m tests.campaigns.bench_world [MILLIONS ...]`.

Put here timings of whole processes on generated archives, not a limit that fails a build.

Each row measures a process of its own from start to exit, so that its peak memory is its own; the process is `python -m
tests.campaigns.bench_world --one NAME FOLDER HOME`. Rounds are interleaved, since machines are noisy. Ratios compare medians, of
wall-clock time and of CPU time; on a busy machine, CPU time is the better measure.
"""

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "warehouse" / "BENCHMARKS.md"
CSV = (
    "read_csv('{}/BACI_*.csv', header = true, delim = ',', columns = {{'t': 'SMALLINT', 'i': 'SMALLINT', 'j': 'SMALLINT', 'k': 'VARCHAR', "
    "'v': 'DECIMAL(18, 3)', 'q': 'VARCHAR'}})"
)
LOAD = f"select t, i, j, k, v, cast(case when ends_with(q, 'NA') then null else q end as decimal(18, 3)) as q from {CSV}"
PAIR = "DEU-FRA"  # a pair without curated figures that generated trade would contradict
RELEASE = "BACI_HS92_V202601"
YEARS = range(1995, 2024)
MEMORY = "2GB"
RIVALS = "rivals"  # the environment of programs that this project does not use


def load(folder: Path, home: Path) -> None:
    """Load the CSV files into a table with DuckDB alone, every type declared, without checks."""
    with _duckdb(home) as con:
        con.execute(f"create table hs6 as {LOAD.format(folder)}")


def copy(folder: Path, home: Path) -> None:
    """Do `load` into a Parquet file with the compression of landed files."""
    from warehouse.world.land import PARQUET

    with _duckdb(home) as con:
        con.execute(f"copy ({LOAD.format(folder)}) to '{home}/hs6.parquet' ({PARQUET})")


def _duckdb(home: Path) -> "duckdb.DuckDBPyConnection":
    import duckdb

    return duckdb.connect(str(home / "script.duckdb"), config={"memory_limit": MEMORY, "temp_directory": str(home / "spill")})


def polars_doubles(folder: Path, home: Path) -> None:
    """Stream the CSV files to a Parquet file with polars, figures as doubles."""
    _polars(folder, home, "Float64")


def polars_decimals(folder: Path, home: Path) -> None:
    """Do `polars_doubles` with decimals, as the other jobs."""
    _polars(folder, home, "Decimal(18, 3)")


def _polars(folder: Path, home: Path, figures: str) -> None:
    code = (
        "import polars as pl\n"
        f"types = {{'t': pl.Int16, 'i': pl.Int16, 'j': pl.Int16, 'k': pl.String, 'v': pl.{figures}, 'q': pl.String}}\n"
        f"quantity = pl.when(pl.col('q').str.ends_with('NA')).then(None).otherwise(pl.col('q')).cast(pl.{figures})\n"
        f"rows = pl.scan_csv('{folder}/BACI_*.csv', schema=types).with_columns(q=quantity)\n"
        f"rows.sink_parquet('{home}/hs6.parquet', compression='zstd', compression_level=1)\n"
    )
    subprocess.run([home.parent / RIVALS / "bin" / "python", "-c", code], check=True, capture_output=True)


def script(folder: Path, home: Path) -> None:
    """Do `load`, then run the models' SQL."""
    _script(home, _codes(folder, home), f"create table landed as {LOAD.format(folder)}", "landed")


def script_published(folder: Path, home: Path) -> None:
    """Do `script`, then load the bundled figures without checks and run the SQL of the datasets."""
    script(folder, home)
    with _duckdb(home) as con:
        for sql, values in json.loads((home / "script.json").read_text("utf-8")):
            con.execute(sql, values)


def script_models(folder: Path, home: Path) -> None:
    """Run the models' SQL over the landed Parquet."""
    from warehouse.world import editions

    [edition] = editions.landed(home)
    _script(home, edition.codes, "select 1", f"read_parquet({edition.files()}, hive_partitioning = false)")


def _codes(folder: Path, home: Path):
    from warehouse.world import archive, code_lists

    return code_lists.read(archive.members(folder), home)


def _script(home: Path, codes, load: str, relation: str) -> None:
    from sources import snapshot
    from warehouse import models
    from warehouse.world import reference

    with _duckdb(home) as con:
        con.execute(load)
        reference.land(con, snapshot.sources(), codes)
        names = "(year, exporter_code, importer_code, product_code, value_thousand_usd, quantity_tonnes)"
        con.execute(f"create view bulk.hs6 as select * from {relation} as t{names}")
        for m in models.layer("bulk"):
            con.execute(f"create table {m.name} as ({m.sql})")


class Script(list):
    """A recording of the statements of a connection, to be run later by a process that imports only DuckDB."""

    def execute(self, sql: str, values: Sequence = ()) -> None:
        """Record a statement with its values."""
        self.append([sql, list(values)])

    def executemany(self, sql: str, rows: Sequence[Sequence]) -> None:
        """Record a statement for each row."""
        for row in rows:
            self.execute(sql, row)


def _write_script(home: Path) -> None:
    """Write the SQL that computes the datasets from the bundled figures to `home/script.json`."""
    from schemas import raw, registry, render
    from sources import snapshot
    from warehouse import models
    from warehouse.build import catalog, land, layers
    from warehouse.build.clock import Clock

    sources, script = snapshot.sources(), Script()
    clock = Clock(snapshot.read_until(sources), (PAIR,))
    script.execute("create schema raw")
    script.execute(registry.ddl("raw.snapshot_file"))
    for kind, model in raw.KINDS.items():
        script.execute(render.ddl(f"raw.{kind}", render.landed_columns(model), render.title(model)))
    for s in sources:
        for f in s.files:
            row = [f.source, f.place, f.kind, f.sha256, s.origin["license"]["name"], "2026-01-01"]
            script.execute("insert into raw.snapshot_file values (?, ?, ?, ?, ?, ?)", row)
            script.execute(
                f"insert into raw.{f.kind} by name select *, ? as source, ? as file, 1 + row_number() over () as line, "
                f"? || ':' || line as evidence_id from read_csv('{f.path}', delim = ',', quote = '\"', header = true, all_varchar = true)",
                [f.source, f.place, f.evidence_prefix],
            )
    land.cite(script)
    catalog.fill(script, sources, clock)
    for layer in ("core", "charts"):
        script.execute(f"create schema {layer}")
        for model in models.layer(layer):
            layers.run_model(script, model, clock)
    (home / "script.json").write_text(json.dumps(script, default=str), "utf-8")


def ingest_only(folder: Path, home: Path) -> None:
    """Hash, validate and land the archive as Parquet."""
    from warehouse.world.ingest import ingest

    ingest(folder, home)


def models_only(folder: Path, home: Path) -> None:
    """Aggregate the landed Parquet into the file that answers queries."""
    from sources import snapshot
    from warehouse.world import aggregates, editions

    aggregates.build(home, editions.landed(home)[-1], snapshot.sources())


def both(folder: Path, home: Path) -> None:
    """Land and aggregate the archive."""
    ingest_only(folder, home)
    models_only(folder, home)


def _member(path: Path) -> "pd.DataFrame":
    import pandas as pd

    types = {"t": "int16", "i": "int16", "j": "int16", "k": "string", "v": "float64", "q": "float64"}
    return pd.read_csv(path, dtype=types, na_values=["NA"], skipinitialspace=True)


def pandera_checks(folder: Path, home: Path) -> float:
    """Validate the loaded frame with Pandera's pandas backend; return the seconds of the checks alone."""
    import pandas as pd

    from schemas.world import Baci

    frame = pd.concat(map(_member, sorted(folder.glob("BACI_*.csv"))), ignore_index=True).set_axis(list(Baci.to_schema().columns), axis=1)
    started = time.perf_counter()
    Baci.validate(frame, lazy=True)
    return time.perf_counter() - started


def compiled_checks(folder: Path, home: Path) -> float:
    """Validate a DuckDB table of the same rows with the compiled model; return the seconds of the checks alone."""
    from schemas.world import BACI_RULES
    from warehouse.check import check
    from warehouse.world.engine import connect

    with connect(home) as (con, _):
        con.execute(
            "create table rows as select t as year, i as exporter_code, j as importer_code, k as product_code, v as value_thousand_usd, "
            f"try_cast(trim(q) as double) as quantity_tonnes from {CSV.format(folder)}"
        )
        started = time.perf_counter()
        result = check(con, BACI_RULES, "rows", "rowid")
        seconds = time.perf_counter() - started
    if result.findings:
        raise ValueError(result.findings)
    return seconds


def whole(folder: Path, home: Path) -> None:
    """Run `dyad ingest`, with Dagster."""
    _dyad("ingest", "baci", folder)


def published(folder: Path, home: Path) -> None:
    """Run `dyad refresh --baci`: from the archive to a published release in one process."""
    _dyad("refresh", "--baci", folder, "--dyad", PAIR)


def _dyad(*words: str | Path) -> None:
    subprocess.run([Path(sys.executable).parent / "dyad", *words], check=True, capture_output=True)


def dbt(folder: Path, home: Path) -> None:
    """Run `dbt build` on a model that loads the files with declared types, and on tests of the rules that an ingest checks."""
    build = [home.parent / RIVALS / "bin" / "dbt", "build", "--project-dir", home, "--profiles-dir", home]
    subprocess.run(build, check=True, capture_output=True)


LOADS = (load, copy, polars_doubles, polars_decimals, dbt, ingest_only, pandera_checks, compiled_checks)
MODELS = (script, script_published, script_models, models_only, both, whole, published)
JOBS = {f.__name__: f for f in (*LOADS, *MODELS)}


class Measured(NamedTuple):
    """Wall-clock seconds, CPU seconds and peak MB."""

    clock: float
    cpu: float
    peak: float


def _usage() -> tuple[float, float]:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(r.ru_utime + r.ru_stime for r in usages), max(r.ru_maxrss for r in usages) / 1024


def one(name: str, folder: Path, home: Path) -> None:
    """Run one job and print its CPU seconds and peak MB, and the seconds that it returns if it times only a part of itself."""
    seconds = JOBS[name](folder, home)
    cpu, peak = _usage()
    print(f"measured {seconds or 0} {cpu} {peak}", flush=True)


def measure(name: str, folder: Path, home: Path) -> Measured:
    """Run a job as a process and measure it from start to exit, or only the part that it times itself."""
    home.mkdir(parents=True, exist_ok=True)
    # without bytecode files, every process would compile pandas and Dagster again
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
        "DYAD_HOME": str(home), "DAGSTER_HOME": str(home / "dagster"), "DYAD_MEMORY_LIMIT": MEMORY, "PYTHONPATH": str(ROOT),
        "DUCKDB_JE_MALLOC_CONF": "",
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.campaigns.bench_world", "--one", name, folder, home]
    started = time.perf_counter()
    process = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    elapsed = time.perf_counter() - started
    part, cpu, peak = map(float, process.stdout.split("measured ")[-1].split())
    return Measured(part or elapsed, part or cpu, peak)


def rounds(names: list[str], folder: Path, temp: Path, count: int = 3, home: Path | None = None) -> dict[str, Measured]:
    """Measure the jobs in interleaved rounds, each in an empty home or a copy of `home`; return medians and the largest peak by job."""
    measured: dict[str, list[Measured]] = {n: [] for n in names}
    for _ in range(count):
        for name in names:
            own = temp / "home"
            shutil.rmtree(own, ignore_errors=True)
            if home:
                shutil.copytree(home, own, symlinks=True)
            if name == "dbt":
                _dbt_project(own, folder)
            if name == "script_published":
                own.mkdir(parents=True, exist_ok=True)
                _write_script(own)
            m = measure(name, folder, own)
            measured[name].append(m)
            print(f"  {name:<16} {m.clock:7.2f} s  {m.cpu:7.2f} s of CPU  {m.peak:6.0f} MB", flush=True)
    shutil.rmtree(temp / "home", ignore_errors=True)
    return {
        n: Measured(*(median(column) for column in list(zip(*m, strict=True))[:2]), max(x.peak for x in m)) for n, m in measured.items()
    }


def _dbt_project(home: Path, folder: Path) -> None:
    """Write a project of one model, and one test for each rule of `schemas.world.Baci` and of the archive's code lists."""
    rules = {
        "key": "select t, i, j, k from {{ ref('hs6') }} group by all having count(*) > 1",
        "required": "from {{ ref('hs6') }} where t is null or i is null or j is null or k is null or v is null",
        "year": "from {{ ref('hs6') }} where t < 1988",
        "between_states": "from {{ ref('hs6') }} where i = j",
        "countries": f"from {{{{ ref('hs6') }}}} where i not in (select country_code from '{folder}/country_codes_V*.csv') "
        f"or j not in (select country_code from '{folder}/country_codes_V*.csv')",
        "products": f"from {{{{ ref('hs6') }}}} where k not in (select code from read_csv('{folder}/product_codes_HS92_V*.csv', all_varchar = true))",
    }
    for kind in ("models", "tests"):
        (home / kind).mkdir(parents=True, exist_ok=True)
    (home / "dbt_project.yml").write_text("name: bench\nprofile: bench\nmodels:\n  bench:\n    +materialized: table\n")
    (home / "profiles.yml").write_text(f"bench:\n  target: d\n  outputs:\n    d: {{type: duckdb, path: '{home}/dbt.duckdb', threads: 1}}\n")
    (home / "models" / "hs6.sql").write_text(LOAD.format(folder))
    for name, sql in rules.items():
        (home / "tests" / f"{name}.sql").write_text(sql)


def has_rivals(temp: Path) -> bool:
    """Install dbt-duckdb and polars in a temporary environment; return false if pip cannot."""
    import duckdb

    subprocess.run([sys.executable, "-m", "venv", temp / RIVALS], check=True)
    # later dbt-core downloads from other sites
    packages = ["dbt-duckdb", "dbt-core<1.10", f"duckdb=={duckdb.__version__}", "polars"]
    return subprocess.run([temp / RIVALS / "bin" / "pip", "install", "-q", *packages], capture_output=True).returncode == 0


def new_year(folder: Path, temp: Path, home: Path) -> Measured:
    """Measure landing and aggregating one more year in a home with the others, as the median of three rounds."""
    from tests.support import baci

    more = temp / "more" / RELEASE
    shutil.copytree(folder, more)  # with modification times, by which an unchanged member is recognized
    number = YEARS[-1] + 1
    rows = (folder / f"BACI_HS92_Y{YEARS[-1]}_V202601.csv").read_bytes().count(b"\n")
    (more / f"BACI_HS92_Y{number}_V202601.csv").write_bytes(baci.text(baci.year(number, rows)))
    return rounds(["both"], more, temp, home=home)["both"]


def query_times(home: Path) -> tuple[float, float]:
    """Return milliseconds of the three macros of a pair: of the first pair, with the opening of the file, and the median of the others."""
    from warehouse.world import trade_file

    started = time.perf_counter()
    con = trade_file.connect(home)
    times = []
    pairs = [("FRA", "DEU"), ("CHN", "USA"), ("BRA", "IND"), ("JPN", "KOR"), ("ZAF", "NGA")] * 4
    for a, b in pairs:
        for macro in ("dyad_trade", "dyad_rank", "dyad_composition"):
            con.execute(f"from {macro}('{a}', '{b}')").fetchall()
            times.append(time.perf_counter() - started)
            started = time.perf_counter()
    return 1000 * sum(times[:3]), 1000 * median(sum(times[n : n + 3]) for n in range(3, len(times), 3))


def six_digit_times(home: Path) -> dict[str, tuple[float, float]]:
    """Return median milliseconds of a sum over six-digit rows, by `trade_flow` and by `read_parquet` of the landed files, for three filters."""
    import duckdb

    from warehouse.world import trade_file

    path = trade_file.current(home)
    files = [str(home / file) for file in trade_file.landed_files(path)]
    pair, codes = "exporter = 'DEU' and importer = 'FRA'", "exporter_code = 276 and importer_code = 251"
    filters = {
        "a pair in a year": (f"year = 2011 and {pair}", f"year = 2011 and {codes}"),
        "a pair": (pair, codes),
        "a year": ("year = 2011",) * 2,
    }
    times = {}
    with duckdb.connect(str(path), read_only=True) as con:
        for name, (by_name, by_code) in filters.items():
            macro = f"select sum(value_usd), any_value(product_code) from trade_flow(home := '{home}') where {by_name}"
            plain = f"select sum(value_thousand_usd), any_value(product_code) from read_parquet({files}) where {by_code}"
            spent: list[list[float]] = [[], []]
            for _ in range(9):
                for of, sql in zip(spent, (macro, plain), strict=True):
                    started = time.perf_counter()
                    con.execute(sql).fetchall()
                    of.append(1000 * (time.perf_counter() - started))
            times[name] = (median(spent[0]), median(spent[1]))
    return times


def size(millions: float, temp: Path, count: int) -> list[str]:
    """Measure all rows of the table for one size of archive, and return them."""
    folder = temp / "archive" / RELEASE
    # in a process of its own: a child's peak memory includes its parent's at the time of the fork
    subprocess.run([sys.executable, "-m", "tests.support.baci", folder, str(int(millions * 1e6))], check=True, stdout=subprocess.DEVNULL)
    command = f"`python -m tests.campaigns.bench_world {millions:g}`"
    lines = []

    def line(job: str, m: Measured, base: Measured | None = None, aim: str = "") -> None:
        ratios = f"{m.clock / base.clock:.2f} | {m.cpu / base.cpu:.2f}" if base else "1.00 | 1.00"
        lines.append(f"| {millions:g}M | {job} | {m.clock:.1f} | {m.cpu:.1f} | {ratios} | {m.peak:.0f} | {aim} | {command} |")
        print(lines[-1], flush=True)

    rivals = {
        "copy": "DuckDB: `copy` to Parquet, the same types", "polars_doubles": "polars, streaming to Parquet, doubles",
        "polars_decimals": "polars, streaming to Parquet, decimals", "dbt": "`dbt build`: the same load, and tests of an ingest's rules",
    }  # fmt: skip
    small = millions <= 10
    checks = ["pandera_checks", "compiled_checks"] if small else []
    to_release = [] if small else ["script_published", "published"]
    kept = [*rivals] if has_rivals(temp) else ["copy"]
    m = rounds(["load", *kept, "ingest_only", *checks, "script", "whole", *to_release], folder, temp, count)
    line("DuckDB: `create table as` from CSV, every type declared", m["load"])
    for name in kept:
        line(rivals[name], m[name], m["load"])
    line("ingest: hash, validate, land Parquet", m["ingest_only"], m["load"], "<= 1.1")
    if checks:
        line("Pandera on pandas, relative to the compiled pass, checks alone", m["pandera_checks"], m["compiled_checks"], ">= 3")
    line("script: load as above, the models' SQL", m["script"])
    line("`dyad ingest` through Dagster", m["whole"], m["script"], "<= 1.2")
    if to_release:
        line("script: load as above, all SQL to the seven datasets", m["script_published"])
        aim = "<= 1.4" if millions <= 50 else "<= 1.2"
        line("`dyad refresh --baci`: landed, modeled, audited, drawn, published", m["published"], m["script_published"], aim)
    home = temp / "landed"
    measure("ingest_only", folder, home)
    m = rounds(["script_models", "models_only"], folder, temp, count, home)
    line("script: the models' SQL over landed Parquet", m["script_models"])
    line("aggregates from landed Parquet", m["models_only"], m["script_models"], "<= 1.1")
    full = measure("both", folder, temp / "again")
    line("landing and aggregates of 29 years", full)
    line("one new year of 29", new_year(folder, temp, temp / "again"), full, "<= 0.1")
    home = temp / "again"
    first, warm = query_times(home)
    lines.append(
        f"| {millions:g}M | three datasets of a pair: first {first:.0f} ms, then {warm:.0f} ms | | | | | | <= 100, 25 ms | {command} |"
    )
    print(lines[-1], flush=True)
    for name, (macro, plain) in six_digit_times(home).items():
        what = f"six-digit rows of {name}: {macro:.0f} ms, DuckDB's `read_parquet` {plain:.0f} ms"
        lines.append(f"| {millions:g}M | {what} | | | {macro / plain:.2f} | | | 1.5 | {command} |")
        print(lines[-1], flush=True)
    for part in ("archive", "landed", "again", "more"):
        shutil.rmtree(temp / part, ignore_errors=True)
    return lines


def main() -> None:
    """Measure archives of the given millions of rows (default 10) and write the table."""
    sizes = [float(word) for word in sys.argv[1:]] or [10.0]
    lines = []
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="dyad-bench-") as folder:
        for millions in sizes:
            lines += size(millions, Path(folder), 3 if millions <= 50 else 1)
            write(lines, load)


def write(lines: list[str], load: float) -> None:
    """Write the table with these rows in place of those of the same sizes; update the line about the last run, and keep the text above."""
    machine = f"{os.cpu_count()} cores, {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB, Python {platform.python_version()}"
    head, _, table = (TABLE.read_text("utf-8") if TABLE.exists() else "# Benchmarks\n").partition("\n| rows |")
    sizes = {_size(line) for line in lines}
    other_sizes = [line for line in table.splitlines()[2:] if _size(line) not in sizes]
    last_run = f"\nLast run: {machine}; load before it {load:.1f}; DYAD_MEMORY_LIMIT={MEMORY}.\n"
    head = head.split("\nLast run: ")[0].rstrip("\n") + "\n" + last_run
    top = ["| rows | what | seconds | CPU s | ratio | CPU ratio | peak MB | aim | reproduce |", "|" + "---|" * 9]
    TABLE.write_text(head + "\n" + "\n".join([*top, *sorted(other_sizes + lines, key=_size)]) + "\n", "utf-8")


def _size(line: str) -> float:
    return float(line.split("|")[1].strip().rstrip("M"))


if __name__ == "__main__":
    if "--one" in sys.argv:
        one(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main()
