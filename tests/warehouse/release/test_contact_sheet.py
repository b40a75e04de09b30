"""Test the sheet of all charts that the README shows."""

import itertools
import re
from xml.etree import ElementTree

from tests.support.pictures import texts
from warehouse.release import contact_sheet
from warehouse.visuals import registry
from warehouse.visuals.labels import overlap


def test_every_chart_is_on_the_sheet_once_and_without_its_note(built) -> None:
    drawn = contact_sheet.sheet(built.parent / "charts")
    root = ElementTree.fromstring(drawn)  # noqa: S314 -- our own
    charts = [node for node in root if node.tag.endswith("}svg")]
    assert len(charts) == len(registry.drawings())
    places = [[float(chart.get(name, "nan")) for name in ("x", "y", "width", "height")] for chart in charts]
    boxes = [(x, y, x + width, y + height) for x, y, width, height in places]
    assert not any(overlap(one, other) for one, other in itertools.combinations(boxes, 2))
    assert all(box[2] <= float(root.get("width", 0)) and box[3] <= float(root.get("height", 0)) for box in boxes)
    for chart in charts:
        lowest = float(chart.get("viewBox", "").split()[3])
        shown = [text for text in texts(ElementTree.tostring(chart, "unicode")) if text.box[1] < lowest]
        assert shown and not [text.words for text in shown if text.words.startswith(("Counted:", "Source:"))]
    ids = re.findall(r'id="([^"]+)"', drawn)
    assert len(ids) == len(set(ids)) and set(re.findall(r"url\(#([^)]+)\)", drawn)) <= set(ids)
