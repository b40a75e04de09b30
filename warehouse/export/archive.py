"""Pack a release's data into one zip with a README; equal files give equal bytes."""

import json
import zipfile
from pathlib import Path
from typing import Any

from schemas.words import plural
from warehouse.export import lines

BESIDE = ("datapackage.json", "catalog.jsonld", "claims.md")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest date of a file in a zip


def bundle(folder: Path, charts: str, release: dict[str, Any]) -> Path:
    """Write `dyad-<release>.zip`: the folder `charts`, the folder of the cited lines, the files in `BESIDE` and a README.txt."""
    name = f"dyad-{release['release']}"
    files = sorted([*(folder / charts).iterdir(), *(folder / lines.FOLDER).glob("*")]) + [
        folder / beside for beside in BESIDE if (folder / beside).exists()
    ]
    members = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    members["README.txt"] = readme(folder / charts, release).encode()
    target = folder / f"{name}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in sorted(members.items()):
            entry = zipfile.ZipInfo(f"{name}/{member}", FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # always Unix, so that the bytes do not depend on the system
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return target


def readme(charts: Path, release: dict[str, Any]) -> str:
    """Return the README: the datasets, the file formats, how to cite them, and the terms of each source."""
    metadata = [json.loads(path.read_text("utf-8")) for path in sorted(charts.glob("*.metadata.json"))]
    origins = {o["source"]: o for m in metadata for o in m["origins"]}
    lines = [
        f"dyad, release {release['release']}: {', '.join(release['dyads'])}, from what was public on {release['as_of']}",
        "",
        "DATASETS (in charts/)",
        *(line for m in metadata for line in _dataset(m)),
        "",
        "FILES",
        "  .parquet        types, descriptions and sources inside the file",
        "  .csv            UTF-8, comma, ISO dates, true and false, lists joined by ; and an empty cell for what is not known.",
        "                  A text that a spreadsheet might run as a formula (it begins with = + - @ or a control character)",
        "                  has an apostrophe in front; remove it to restore the original. Numbers are unchanged.",
        "  .json           an array of row objects",
        "  .metadata.json  unit, counting rule, columns, coverage, sources with licence, and the SQL that computes the dataset",
        "  evidence/       the lines that the rows cite, one HTML page per snapshot file",
        *(["                  without those whose terms do not allow passing figures on in bulk"] if release.get("left_out") else []),
        "  datapackage.json, catalog.jsonld   the same for machines: Frictionless Data Package, schema.org",
        "",
        "CITE",
        f"  dyad. Release {release['release']}, as of {release['as_of']}. And the sources of the figures you use:",
        "",
        "SOURCES AND THEIR TERMS (the figures stay under their publishers' terms; read them before passing figures on)",
        *(f"  {o['citation']}\n    {o['licence']}{' ' + o['licence_url'] if o['licence_url'] else ''}" for _, o in sorted(origins.items())),
    ]
    return "\n".join(lines) + "\n"


def _dataset(m: dict[str, Any]) -> list[str]:
    coverage = m["coverage"]
    extent = f"{plural(coverage['rows'], 'row')}, {coverage['first']} to {coverage['last']}" if coverage["rows"] else "no rows"
    return [
        f"  {m['dataset']}: {m['title']} ({extent})",
        f"    unit: {m['unit']}",
        f"    counting rule: {m['counting_rule']}",
        f"    how to read: {m['how_to_read']}",
        f"    not shown: {m['not_shown']}",
        *([f"    {coverage['note']}"] if coverage["note"] else []),
    ]
