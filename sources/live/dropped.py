"""List the drop folder, `<home>/drop/<source>/`: which of its files are read, and why others are not. Import nothing heavy here."""

import difflib
from collections.abc import Collection, Iterator
from pathlib import Path

from schemas.errors import Problem
from sources.disk import is_litter
from sources.home import DROP, names


def files(home: Path, source: str) -> dict[str, Path]:
    """Return the files dropped for a source that can be read, by the name of the question they answer."""
    return {paths[0].stem: paths[0] for paths in by_name(home, source) if not _unreadable(paths)}


def unreadable(home: Path, source: str) -> list[Problem]:
    """Return a line for each entry of a source's drop folder that is no file, and for files that answer the same question."""
    return [problem for paths in by_name(home, source) if (problem := _unreadable(paths))]


def unread(home: Path, folder: Path, asked: Collection[str] | None = None) -> Iterator[Problem]:
    """Yield a line for each entry of the drop folder that belongs to no source, or to one that is not in `asked` (None: any source)."""
    sources = names(folder)
    for path in sorted((home / DROP).glob("*")):
        if is_litter(path.name):
            continue
        if not path.is_dir():
            yield f"{path} is not read: move it into a folder that is named after its source, such as {home / DROP / 'un_comtrade'}"
        elif path.name not in sources:
            near = difflib.get_close_matches(path.name, sources, n=1)
            yield f"{path} is not read: rename it after a source{f', such as {near[0]}' if near else ' (sources/README.md lists them)'}"
        elif asked is not None and path.name not in asked and by_name(home, path.name):
            yield f"{path} is not read in this run: run `dyad refresh --live --only {path.name}`"


def by_name(home: Path, source: str) -> list[list[Path]]:
    """Return the entries of a source's drop folder, those with the same name but for the extension together."""
    paths: dict[str, list[Path]] = {}
    for path in sorted((home / DROP / source).glob("*")):
        if not is_litter(path.name):
            paths.setdefault(path.stem, []).append(path)
    return list(paths.values())


def _unreadable(paths: list[Path]) -> Problem:
    """Return why none of the entries of one name is read; empty if the one entry is a file."""
    if len(paths) > 1:
        return f"{paths[0]} and {paths[1].name} answer the same question, so neither is read; move one of them away"
    return "" if paths[0].is_file() or paths[0].is_symlink() else f"{paths[0]} is a folder, so it is not read; move its files up"
