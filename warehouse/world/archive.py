"""Open the members of an archive or folder, each as a plain file, and hash them."""

import contextlib
import hashlib
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from schemas.errors import Refused, Unusable
from sources import disk
from sources.live import answers

BLOCK = 1 << 20
# far above the ratio of CSV with figures, far below that of a decompression bomb
LARGEST_RATIO = 100
LARGEST_MEMBER = 64 << 30


class Member(NamedTuple):
    """A file in an archive or folder; `size` is its size as stored, `identity` changes with its bytes."""

    archive: Path
    name: str
    size: int
    identity: str
    is_packed: bool


def fetched(home: Path) -> Path:
    """Return the newest archive that the connector `cepii_baci` fetched.

    Raises:
        Unusable: none was fetched.
    """
    rows = answers.latest(home, "cepii_baci").values()
    if not rows:
        raise Unusable(f"no fetched archive of BACI in {home}: name an archive, or fetch one with `dyad refresh --live --only cepii_baci`")
    return answers.path(home, max(rows, key=lambda row: row.fetched_at).sha256)


def members(path: Path) -> list[Member]:
    """Return all members, sorted by name, without unpacking them.

    Raises:
        Unusable: there is nothing at `path`, it cannot be read, or it is neither a zip nor a folder.
        Refused: the archive is damaged, or a member would unpack outside its folder or fill the disk.
    """
    try:
        return _of_folder(path) if path.is_dir() else _of_zip(path)
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}; name an archive that can be read") from None


def _of_folder(path: Path) -> list[Member]:
    files = [p for p in sorted(path.iterdir()) if p.is_file() and not disk.is_litter(p.name)]
    return [Member(p, p.name, p.stat().st_size, f"{p.stat().st_size}-{p.stat().st_mtime_ns}", False) for p in files]


def _of_zip(path: Path) -> list[Member]:
    if not path.exists():
        raise Unusable(f"{path}: no such file or folder; give the archive as the publisher ships it")
    if path.suffix != ".zip" and not zipfile.is_zipfile(path):
        raise Unusable(f"{path}: neither a zip nor a folder; give the archive as the publisher ships it")
    try:
        with zipfile.ZipFile(path) as archive:
            packed = [info for info in archive.infolist() if not info.is_dir() and not disk.is_litter(info.filename)]
            return [_zipped(path, info) for info in sorted(packed, key=lambda i: i.filename)]
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise Refused(f"{path.name}: damaged archive ({error}); download it again") from None


def _zipped(path: Path, info: zipfile.ZipInfo) -> Member:
    name = PurePosixPath(info.filename.replace("\\", "/"))
    if not name.parts or name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
        raise Refused(
            f"{path.name}: member {info.filename!r} is not a file inside the archive; this is not the publisher's file: download it again"
        )
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(f"{path.name}: member {info.filename} is compressed by method {info.compress_type}, not deflated; download it again")
    if info.flag_bits & 1:
        raise Refused(f"{path.name}: member {info.filename} is encrypted; this is not the publisher's file: download it again")
    if info.file_size > LARGEST_MEMBER or info.file_size > LARGEST_RATIO * max(info.compress_size, BLOCK):
        raise Refused(
            f"{path.name}: member {info.filename} would unpack to {info.file_size / 1e9:.1f} GB from {info.compress_size / 1e6:.1f} MB; "
            "figures do not compress so well, this is not the publisher's file: download it again"
        )
    return Member(path, info.filename, info.compress_size, f"{info.file_size}-{info.CRC:08x}", True)


@contextlib.contextmanager
def unpacked(member: Member, temp: Path) -> Iterator[tuple[Path, str]]:
    """Yield the member as a plain file and the SHA-256 of its bytes; a packed member is unpacked to `temp` until the context ends.

    Raises:
        Refused: the member is damaged, or unpacks to more than `LARGEST_RATIO` times its size.
        Unusable: the disk is too small.
    """
    if not member.is_packed:
        yield member.archive, disk.sha256(member.archive)
        return
    if shutil.disk_usage(temp).free < 2 * int(member.identity.split("-")[0]):
        raise Unusable(
            f"{temp}: not enough free disk to unpack {member.name}; free some, or move the home to a larger disk and set DYAD_HOME to it"
        )
    with tempfile.NamedTemporaryFile(dir=temp, suffix=".csv") as file:
        try:
            sha256 = _unpack(member, file)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise Refused(f"{member.archive.name}: member {member.name} is damaged ({error}); download it again") from None
        file.flush()
        yield Path(file.name), sha256


def _unpack(member: Member, file: IO[bytes]) -> str:
    hashed, total = hashlib.sha256(), 0
    with zipfile.ZipFile(member.archive) as archive, archive.open(member.name) as source:
        while block := source.read(BLOCK):
            total += len(block)
            if total > LARGEST_RATIO * max(member.size, BLOCK):
                raise Refused(
                    f"{member.archive.name}: member {member.name} unpacks to more than {LARGEST_RATIO} times its size; this is not the publisher's file: download it again"
                )
            hashed.update(block)
            file.write(block)
    return hashed.hexdigest()
