"""Find damage in published releases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas.errors import Cause, Unusable
from warehouse.home import MANIFEST
from warehouse.release import digests, manifest


def damage(folder: Path) -> list[Cause]:
    """Return one line for every difference between a release's manifest and its id or its files."""
    try:
        about = manifest.read(folder / MANIFEST)
    except (OSError, Unusable):
        return [f"{folder / MANIFEST}: missing or damaged"]
    listed, present = about["files"], digests.of_files(folder)
    problems = {
        name: "missing" if name not in present else "not in the manifest" if name not in listed else "damaged"
        for name in listed | present
        if listed.get(name) != present.get(name)
    }
    return [*_other_id(folder, about), *(f"{folder / name}: {problem}" for name, problem in sorted(problems.items()))]


def _other_id(folder: Path, about: dict[str, Any]) -> Iterator[Cause]:
    """Yield a line if a manifest's id differs from its folder's name, or from the id computed from its day, content and followed release."""
    named = about["release"]
    if named != folder.name:
        yield f"{folder / MANIFEST}: damaged: it is the manifest of {named}"
    elif "content" in about and (computed := manifest.release_id(about["as_of"], about["content"], about.get("follows"))) != named:
        yield f"{folder / MANIFEST}: damaged: the id computed from its day, content and followed release is {computed}, not that of its folder"
