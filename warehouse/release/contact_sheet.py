"""Draw the README's picture, every chart of the current release on one sheet: `python -m warehouse.release.contact_sheet`."""

import json
import re
from pathlib import Path

from warehouse.home import home
from warehouse.visuals import convert, registry, style

PICTURE = Path(__file__).parents[1] / "examples" / "charts.png"
COLUMNS, COLUMN, GAP = 3, 260, 10  # px
OPENING = re.compile(r"<svg [^>]*>")


def sheet(folder: Path) -> str:
    """Return one SVG of all charts in `folder`, the folder `charts` of a release of one pair; notes and sources are cut off.

    The charts are placed in the order of their height relative to their width, tallest first, each in the column that is shortest so far.
    """
    sizes = {dataset: _size(folder / f"{dataset}.vl.json", folder / f"{dataset}.svg") for dataset in registry.drawings()}
    bottoms, parts = [float(GAP)] * COLUMNS, []
    for dataset, (wide, high) in sorted(sizes.items(), key=lambda item: -item[1][1] / item[1][0]):
        column = bottoms.index(min(bottoms))
        x, y, height = GAP + column * (COLUMN + GAP), bottoms[column], COLUMN * high / wide
        opening = f'<svg x="{x}" y="{y:.1f}" width="{COLUMN}" height="{height:.1f}" viewBox="0 0 {wide:g} {high:g}">'
        picture = OPENING.sub(opening, (folder / f"{dataset}.svg").read_text("utf-8"), count=1)
        parts.append(re.sub(r'(id="|url\(#)', rf"\1{dataset}-", picture))
        bottoms[column] = y + height + GAP
    width, height = COLUMNS * (COLUMN + GAP) + GAP, max(bottoms)
    ground = f'<rect width="{width}" height="{height:.0f}" fill="{style.colour("grid")}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:.0f}">{ground}{"".join(parts)}</svg>'


def _size(specification: Path, picture: Path) -> tuple[float, float]:
    """Return the px of a chart's width and of its height without the note and the source below it."""
    width, height = re.findall(r' (?:width|height)="([\d.]+)"', picture.read_text("utf-8"))[:2]
    bottom: float = json.loads(specification.read_text("utf-8"))["usermeta"]["frame"]["bottom"]
    return float(width), float(height) - bottom


if __name__ == "__main__":
    PICTURE.write_bytes(convert.png(style.plain(sheet(home() / "current" / "charts")), 1))
