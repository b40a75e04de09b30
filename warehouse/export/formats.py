"""Write a dataset as the bytes of a format: Parquet, CSV or JSON."""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import Refused
from warehouse.export.dataset import Dataset

ARROW = {
    "VARCHAR": pa.string(), "BIGINT": pa.int64(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(), "DATE": pa.date32(),
    "VARCHAR[]": pa.list_(pa.string()),
}  # fmt: skip

# A text that a spreadsheet may read as a formula begins with = + - @, their full-width forms or a control character, also after blanks.
# Leading apostrophes count too, so that removing one from a guarded cell always restores the original.
FORMULA = re.compile(r"[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20\x00-\x1f\x7f-\x9f]")


def parquet(data: Dataset) -> bytes:
    """Return Parquet with a checksum in each page.

    The dataset's description is key-value metadata of the file, and each column's is metadata of its Arrow field.
    """
    m = data.metadata
    fields = [
        pa.field(
            c["name"], ARROW[c["type"]], nullable=not c["required"],
            metadata={"description": c["description"]} | ({"unit": c["unit"]} if c["unit"] else {}),
        )
        for c in m["columns"]
    ]  # fmt: skip
    exported = {k: v for k, v in m.items() if k not in ("columns", "processing")}
    described: dict[bytes | str, bytes | str] = {
        k: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for k, v in exported.items()
    }
    out = io.BytesIO()
    pq.write_table(data.rows.cast(pa.schema(fields, metadata=described)), out, write_page_checksum=True)
    return out.getvalue()


def as_csv(data: Dataset) -> bytes:
    """Return CSV (RFC 4180, UTF-8): ISO dates, true and false, lists joined by `;`, an empty cell for NULL and for an empty list."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(data.rows.column_names)
    table.writerows([_cell(data, value) for value in row.values()] for row in data.rows.to_pylist())
    return out.getvalue().encode()


def _cell(data: Dataset, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return harmless(value)
        case list():
            if odd := [item for item in value if not item or ";" in item]:
                raise Refused(
                    f"charts.{data.metadata['dataset']}: a list has the item {odd[0]!r}, which cannot be joined by `;`; correct its input"
                )
            return ";".join(map(harmless, value))
        case dt.date():
            return value.isoformat()
        case _:
            return repr(value)


def harmless(text: str) -> str:
    """Return the text, with an apostrophe in front if a spreadsheet might run it as a formula."""
    return "'" + text if FORMULA.match(text) else text


def rows_json(data: Dataset) -> bytes:
    """Return an array of row objects, one per line: ISO dates, lists as arrays, NULL as null."""
    lines = [json.dumps(row, ensure_ascii=False, allow_nan=False, default=dt.date.isoformat) for row in data.rows.to_pylist()]
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def as_json(value: Any) -> bytes:
    """Return plain data as indented JSON."""
    return (json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


FORMATS: dict[str, Callable[[Dataset], bytes]] = {"parquet": parquet, "csv": as_csv, "json": rows_json}
