"""Test which release a new one may copy its unchanged pictures from."""

import json
from pathlib import Path

from warehouse.release import publish

FOLLOWED = "2026-01-01-aaaaaaaaaaaa"
NEW = {"release": "2026-01-02-bbbbbbbbbbbb", "follows": FOLLOWED, "made_by": "the code"}


def test_pictures_come_from_a_whole_release_of_the_same_code_alone(tmp_path: Path) -> None:
    folder = tmp_path / "releases" / FOLLOWED
    assert publish.followed_release(tmp_path, NEW) is None, "it was pruned"
    folder.mkdir(parents=True)
    about = {"release": FOLLOWED, "as_of": "2026-01-01", "dyads": ["CHN-RUS"], "files": {}}
    (folder / "manifest.json").write_text(json.dumps(about))
    assert publish.followed_release(tmp_path, NEW) is None, "a version built it that did not record its code"
    (folder / "manifest.json").write_text(json.dumps(about | {"made_by": "the code"}))
    assert publish.followed_release(tmp_path, NEW) == folder
    assert publish.followed_release(tmp_path, NEW | {"made_by": "other code"}) is None
    assert publish.followed_release(tmp_path, NEW | {"follows": None}) is None
    (folder / "picture.svg").touch()
    assert publish.followed_release(tmp_path, NEW) is None, "a file that is not in its manifest"
