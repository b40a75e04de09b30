"""Members of an archive or folder, as plain files one at a time, hashed while they are read.

Belongs here: zip, gzip and folders, and what may be wrong with them as containers. Does not belong here: what a member says.
"""

import contextlib
import gzip
import hashlib
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from schemas.errors import Refused, Unusable

BLOCK = 1 << 20
# CSV of figures deflates five to twelve times; zeros, a thousand times
LARGEST_RATIO = 100
LARGEST_MEMBER = 64 << 30


class Member(NamedTuple):
    """A file in an archive or folder: its name, its packed size, and an identity that changes with its bytes."""

    archive: Path
    name: str
    size: int
    identity: str


def members(path: Path) -> list[Member]:
    """All members, by name; nothing is unpacked.

    Raises:
        Unusable: there is nothing at `path`, or it is neither a zip, a gzip nor a folder.
        Refused: the archive is damaged, or a member could write outside its folder, or fill the disk.
    """
    if path.is_dir():
        found = [p for p in sorted(path.iterdir()) if p.is_file()]
        return [Member(p, p.name, p.stat().st_size, f"{p.stat().st_size}-{p.stat().st_mtime_ns}") for p in found]
    if not path.exists():
        raise Unusable(f"{path}: no such file or folder; give the archive as the publisher ships it")
    if path.suffix == ".gz":
        return [Member(path, path.name, path.stat().st_size, f"{path.stat().st_size}-{path.stat().st_mtime_ns}")]
    if path.suffix != ".zip":
        raise Unusable(f"{path}: neither a zip, a .gz nor a folder; give the archive as the publisher ships it")
    try:
        with zipfile.ZipFile(path) as archive:
            return [_zipped(path, info) for info in sorted(archive.infolist(), key=lambda i: i.filename) if not info.is_dir()]
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise Refused(f"{path.name}: damaged archive ({error}); download it again") from None


def _zipped(path: Path, info: zipfile.ZipInfo) -> Member:
    name = PurePosixPath(info.filename.replace("\\", "/"))
    if not name.parts or name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
        raise Refused(f"{path.name}: member {info.filename!r} is not a file inside the archive; this is not the publisher's file")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(f"{path.name}: member {info.filename} is packed by method {info.compress_type}, not deflated; download it again")
    if info.flag_bits & 1:
        raise Refused(f"{path.name}: member {info.filename} is encrypted; this is not the publisher's file")
    if info.file_size > LARGEST_MEMBER or info.file_size > LARGEST_RATIO * max(info.compress_size, BLOCK):
        raise Refused(
            f"{path.name}: member {info.filename} would unpack to {info.file_size / 1e9:.1f} GB from {info.compress_size / 1e6:.1f} MB; "
            "figures do not pack so well, this is not the publisher's file"
        )
    return Member(path, info.filename, info.compress_size, f"{info.file_size}-{info.CRC:08x}")


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def unpacked(member: Member, temp: Path) -> Iterator[tuple[Path, str]]:
    """The member as a plain file and the SHA-256 of its bytes; a file in a folder as it lies, others in `temp` while it is needed.

    Raises:
        Refused: a wrong checksum, or more bytes than the archive promised.
    """
    if member.archive.suffix not in (".zip", ".gz"):
        yield member.archive, digest(member.archive)
        return
    if shutil.disk_usage(temp).free < 2 * int(member.identity.split("-")[0]):
        raise Unusable(f"{temp}: not enough free disk to unpack {member.name}; free some, or set DYAD_HOME to a larger disk")
    with tempfile.NamedTemporaryFile(dir=temp, suffix=".csv") as file:
        try:
            sha256 = _copy(member, file)
        except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise Refused(f"{member.archive.name}: member {member.name} is damaged ({error}); download it again") from None
        file.flush()
        yield Path(file.name), sha256


def _copy(member: Member, file: IO[bytes]) -> str:
    hashed, total = hashlib.sha256(), 0
    with contextlib.ExitStack() as stack:
        if member.archive.suffix == ".gz":
            source = stack.enter_context(gzip.open(member.archive))
        else:
            source = stack.enter_context(stack.enter_context(zipfile.ZipFile(member.archive)).open(member.name))
        while block := source.read(BLOCK):
            total += len(block)
            if total > LARGEST_RATIO * max(member.size, BLOCK):
                raise Refused(
                    f"{member.archive.name}: member {member.name} unpacks to more than {LARGEST_RATIO} times its size; not unpacked"
                )
            hashed.update(block)
            file.write(block)
    return hashed.hexdigest()
