"""The asset graph, held by a snapshot: a change of lineage is a change of this file, and is reviewed."""

from pathlib import Path

import pytest

from pipelines.definitions import defs

SNAPSHOT = Path(__file__).parent / "graph.txt"


@pytest.fixture(scope="module")
def graph():
    """The resolved graph of the code location."""
    return defs().resolve_asset_graph()


def rendered(graph) -> str:
    """One line an asset: key, group, kinds, parents, checks."""
    lines = []
    for key in sorted(graph.get_all_asset_keys(), key=str):
        node = graph.get(key)
        parents = " ".join(sorted(p.to_user_string() for p in node.parent_keys))
        checks = " ".join(sorted(c.name for c in node.check_keys))
        lines.append(f"{key.to_user_string()} [{node.group_name}] ({' '.join(sorted(node.kinds))}) <- {parents or '-'} | {checks or '-'}")
    return "\n".join(lines) + "\n"


def test_the_graph_is_the_reviewed_one(graph) -> None:
    """After a change that is meant: `python tests/pipelines/test_graph.py` writes the snapshot anew."""
    assert rendered(graph) == SNAPSHOT.read_text("utf-8")


def test_every_asset_is_described_and_owned(graph) -> None:
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description and node.owners and node.kinds, key


def test_every_table_shows_its_columns_and_a_check(graph) -> None:
    for key in graph.get_all_asset_keys():
        if key.path[0] in {"raw", "core", "charts"}:
            node = graph.get(key)
            assert all(column.description for column in node.metadata["dagster/column_schema"].columns), key
            assert "schema" in {check.name for check in node.check_keys}, key


if __name__ == "__main__":
    SNAPSHOT.write_text(rendered(defs().resolve_asset_graph()), "utf-8")
