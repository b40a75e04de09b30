"""Publish releases to the folder of a site, so that a reader never sees half a release or a `latest.json` that names an absent one.

A release is made in a hidden folder and gets its place by one rename; then each page that lists releases is replaced by one rename,
`latest.json` last. If a publish is killed, the next one does what is left. A release on a site is never changed or removed.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from schemas.errors import Note, Refused, Unusable
from sources.disk import is_litter, sync
from warehouse.connect import existing
from warehouse.home import MANIFEST, RELEASES
from warehouse.release import manifest
from warehouse.release.identity import code_id
from warehouse.site import front, published

MARKER = "site.json"  # makes a folder a site, and records its address
BUILDING = ".building"  # what is not yet complete


def publish(home: Path, folder: Path, url: str | None = None) -> Iterator[Note]:
    """Publish the home's releases that the site lacks, then its pages; yield a line for each release.

    Args:
        home: the home of the releases.
        folder: the folder of the site: a new or empty one, or an earlier site.
        url: the address of the site; an earlier site knows its own.

    Raises:
        Refused: the folder contains something else, or the address is wrong or another than the site's.
        Unusable: the current release is missing, damaged or built by another version of the project, or another publish is running.
    """
    releases = sorted(manifest.releases(home), key=manifest.published)
    current = manifest.read(existing(home, "current") / MANIFEST)["release"]
    address = _address(folder, url)
    new = [m for m in releases if not (folder / RELEASES / m["release"] / MANIFEST).exists()]
    other = [m["release"] for m in new if m.get("made_by") != code_id()]
    if current in other:
        raise Unusable(f"another version of the project built the current release {current}: run `dyad refresh`, then publish again")
    with _locked(folder):
        _put(folder, MARKER, json.dumps({"site": "dyad", "url": address}, indent=1).encode() + b"\n")
        for about in new:
            if about["release"] in other:
                yield f"left out {about['release']}, which another version of the project built: publish it with that version"
            else:
                _add(home, folder, about, address)
                yield f"published {about['release']}"
        manifests = [manifest.read(path) for path in (folder / RELEASES).glob(f"*/{MANIFEST}")]
        manifests.sort(key=lambda m: (m["published_at"], m["release"]), reverse=True)
        for name, content in front.files(folder, address, manifests, current).items():
            _put(folder, name, content)


def _address(folder: Path, url: str | None) -> str:
    """Return the address of a site, with a slash at its end, after checking that the folder is a site or may become one."""
    address = _checked(url) if url else None
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file: give a folder for the site")
    if (folder / MARKER).exists():
        return _known(folder, address)
    if others := sorted(path.name for path in folder.glob("*") if not is_litter(path.name)):
        raise Refused(f"{folder} is not a site of dyad, it contains {others[0]}: give a new or empty folder")
    if address is None:
        raise Refused(f"{folder} is a new site: give its address with --url https://... for its feed and catalogues")
    return address


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or not url.isascii() or " " in url:
        raise Refused(f"--url {url!r} is not the address of a folder: give one such as https://data.example.org/dyad/")
    return url.rstrip("/") + "/"


def _known(folder: Path, address: str | None) -> str:
    try:
        known = json.loads((folder / MARKER).read_text("utf-8"))["url"]
    except (ValueError, KeyError, TypeError):
        raise Refused(f"{folder / MARKER}: damaged; restore it, or publish to a new folder") from None
    if address not in (None, known):
        raise Refused(
            f"{folder}: published for {known}, an address that its releases contain; leave out --url, or give another folder for {address}"
        )
    return known


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock the site for one publish, with an empty folder for what is not yet complete."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RELEASES).mkdir(exist_ok=True)
    except OSError as error:
        raise Unusable(f"{folder} cannot be written ({error.strerror}): make it writable, or give another folder for the site") from None
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder / BUILDING, ignore_errors=True)  # of a killed publish
        (folder / BUILDING).mkdir()
        yield
        shutil.rmtree(folder / BUILDING)
    except BlockingIOError:
        raise Unusable(f"another publish is writing to {folder}: run again when it has ended") from None
    finally:
        os.close(handle)


def _add(home: Path, folder: Path, about: dict[str, Any], address: str) -> None:
    name, target = about["release"], folder / RELEASES / about["release"]
    building = folder / BUILDING / name
    building.mkdir()
    is_previous_here = (folder / RELEASES / str(about["follows"]) / MANIFEST).exists()
    published.write(home, name, building, address, f"{address}{RELEASES}/{about['follows']}/" if is_previous_here else None)
    if target.exists():  # without a manifest, it is no release
        target.rename(folder / BUILDING / f"{name}.damaged")
    building.rename(target)
    sync(target.parent)


def _put(folder: Path, name: str, content: bytes) -> None:
    """Replace a file by one rename, unless it has this content."""
    target, new = folder / name, folder / BUILDING / name
    if target.exists() and target.read_bytes() == content:
        return
    new.write_bytes(content)
    sync(new)
    new.rename(target)
    sync(folder)
