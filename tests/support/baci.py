"""Generate an archive in the exact format of CEPII's BACI, of any size: `python -m tests.support.baci TARGET ROWS`.

The same seed gives the same bytes. There is one member per year, with rows sorted by exporter, importer and product. As in real data,
a few states and goods have most of the value. About 2 % of the quantities are unknown.
"""

import csv
import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

COUNTRY_CODES = Path(__file__).parents[2] / "sources" / "dyad_reference" / "snapshot" / "country_code.csv"
NEW_HEADER = ["country_code", "country_name", "country_iso2", "country_iso3"]
OLD_HEADER = ["country_code", "country_name_abbreviation", "country_name_full", "iso_2digit_alpha", "iso_3digit_alpha"]
PRODUCTS = [f"{chapter:02}{n:04}" for chapter in range(1, 98) if chapter != 77 for n in range(1010, 1062)]


def countries() -> list[tuple[int, str, str]]:
    """Return (code, ISO alpha-3, name) of every economy in BACI's code list, sorted by code."""
    with COUNTRY_CODES.open(encoding="utf-8", newline="") as text:
        return sorted((int(r["code"]), r["iso3"], r["note"]) for r in csv.DictReader(text) if r["system"] == "baci")


def year(number: int, rows: int, seed: int = 1) -> pa.Table:
    """Return `rows` trade flows of one year: t, i, j, k, v (thousand USD) and q (tonnes, text, `NA` padded with blanks)."""
    random = np.random.default_rng([seed, number])
    codes = np.array([code for code, *_ in countries()], dtype=np.int64)
    # large traders are spread over the code list, the same ones in every year
    size = np.random.default_rng(seed).permutation(1.0 / np.arange(1, len(codes) + 1))
    i, j = (side.ravel() for side in np.divmod(np.arange(len(codes) ** 2), len(codes)))
    counts = _products_per_pair(rows, np.where(i == j, 0, size[i] * size[j]))
    i, j = np.repeat(i, counts), np.repeat(j, counts)
    nth = np.arange(rows) - np.repeat(np.cumsum(counts) - counts, counts)
    # adjacent products, so that a small pair trades in few chapters; strides share no factor with the list's length
    first, stride = random.integers(0, len(PRODUCTS), len(counts)), random.choice([1, 5, 7], len(counts))
    k = (np.repeat(first, counts) + nth * np.repeat(stride, counts)) % len(PRODUCTS)
    order = np.lexsort((k, j, i))
    i, j, k = i[order], j[order], k[order]
    value = np.round(np.maximum(random.lognormal(4, 2.5, rows) * 1e3 * size[i] * size[j] * 1.03 ** (number - 1995), 0.001), 3)
    tonnes = pc.cast(pa.array(np.round(value * random.lognormal(-1, 1, rows), 3)), pa.string())
    padded = np.array([" " * n + "NA" for n in range(8)])[random.integers(0, 8, rows)]
    return pa.table(
        {
            "t": pa.array(np.full(rows, number)),
            "i": pa.array(codes[i]),
            "j": pa.array(codes[j]),
            "k": pa.DictionaryArray.from_arrays(pa.array(k.astype(np.int32)), pa.array(PRODUCTS)).dictionary_decode(),
            "v": pa.array(value),
            "q": pc.if_else(pa.array(random.random(rows) < 0.02), pa.array(padded), tonnes),
        }
    )


def _products_per_pair(rows: int, weight: np.ndarray) -> np.ndarray:
    """Return the number of products of each pair, proportional to its weight: at most nine tenths of the list, `rows` in total."""
    most, low, high = 0.9 * len(PRODUCTS), 0.0, 1e12
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if np.minimum(most, middle * weight).sum() < rows else (low, middle)
    return np.diff(np.floor(np.append(0, np.cumsum(np.minimum(most, high * weight))) + 1e-6).astype(np.int64))


def text(table: pa.Table, delimiter: str = ",") -> bytes:
    """Return the table in BACI's CSV format."""
    out = io.BytesIO((delimiter.join(table.column_names) + "\n").encode())
    out.seek(0, io.SEEK_END)
    pyarrow.csv.write_csv(table, out, pyarrow.csv.WriteOptions(include_header=False, delimiter=delimiter, quoting_style="none"))
    return out.getvalue()


def members(
    rows: int, years: range = range(1995, 2024), *, seed: int = 1, release: str = "V202601", delimiter: str = ",", old: bool = False
) -> Iterator[tuple[str, bytes]]:
    """Yield every member of an edition as (name, bytes): one per year, each larger than the last, then both code lists."""
    growth = 1.02 ** np.arange(len(years))
    for number, share in zip(years, growth / growth.sum(), strict=True):
        yield f"BACI_HS92_Y{number}_{release}.csv", text(year(number, int(rows * share), seed), delimiter)
    country_rows = [[code, name, name, "", iso3] if old else [code, name, "", iso3] for code, iso3, name in countries()]
    yield f"country_codes_{release}.csv", _csv(OLD_HEADER if old else NEW_HEADER, country_rows, bom=old)
    yield f"product_codes_HS92_{release}.csv", _csv(["code", "description"], [[code, f"Goods of {code}, nes"] for code in PRODUCTS])


def _csv(header: list[str], rows: list[list], bom: bool = False) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8")


def write(target: Path, rows: int, years: range = range(1995, 2024), **shape) -> Path:
    """Write an edition as a zip (if `target` ends in .zip) or a folder; return its path."""
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, data in members(rows, years, **shape):
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 1)  # ZipInfo has a constant time
    else:
        target.mkdir(parents=True, exist_ok=True)
        for name, data in members(rows, years, **shape):
            (target / name).write_bytes(data)
    return target


if __name__ == "__main__":
    print(write(Path(sys.argv[1]), int(sys.argv[2])))
