"""Files of a feed, out of a zip or a folder, read with bounds and never unpacked to disk."""

from __future__ import annotations

import hashlib
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, TypeVar

from feeds.issues import FeedError

_HASH_BLOCK: Final = 1 << 20
_Member = TypeVar("_Member", zipfile.ZipInfo, Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an honest feed stays within; the largest national feeds use about half of it."""

    entries: int = 1_000
    entry_bytes: int = 6 << 30
    total_bytes: int = 12 << 30
    ratio: int = 200  # deflate reaches 1,032 on a bomb, real tables about 60
    ratio_from_bytes: int = 1 << 20  # below it, a ratio harms nobody


@dataclass(frozen=True, slots=True)
class Archive:
    """The files of one folder of a zip, or of a folder on disk, by lower-case name."""

    path: Path
    members: Mapping[str, zipfile.ZipInfo | Path]
    zip: zipfile.ZipFile | None = field(default=None, repr=False)

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def get_size(self, name: str) -> int:
        """Bytes of a file before compression, as declared; KeyError where it isn't there."""
        member = self.members[name]
        return member.stat().st_size if isinstance(member, Path) else member.file_size

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Stream a file's bytes; never more than its declared size.

        Raises FeedError where it is damaged, encrypted or of an unknown compression.
        """
        member = self.members[name]
        try:
            if isinstance(member, Path):
                with member.open("rb") as stream:
                    yield stream
            else:
                assert self.zip is not None  # noqa: S101 - only zips have ZipInfo members
                with self.zip.open(member) as stream:
                    yield stream  # type: ignore[misc]  # a ZipExtFile reads like a BinaryIO
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            msg = f"{self.path}: {name} is damaged ({error})."
            raise FeedError(msg) from None
        except (RuntimeError, NotImplementedError) as error:  # encrypted, or an unknown method
            msg = f"{self.path}: {name} can't be unpacked ({error})."
            raise FeedError(msg) from None


@contextmanager
def open_archive(path: Path, *, marker: str, limits: Limits | None = None) -> Iterator[Archive]:
    """Open the zip or folder at `path`; its files are those beside the shallowest `marker`.

    Raises FeedError where there is none, it is no zip, or it breaks a limit.
    """
    limits = limits or Limits()
    if path.is_dir():
        yield Archive(path, _choose_folder(path, _list_folder(path, limits), marker))
        return
    if not path.is_file():
        msg = f"{path} doesn't exist."
        raise FeedError(msg)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        msg = f"{path} is neither a folder nor a readable zip ({error})."
        raise FeedError(msg) from None
    with archive:
        yield Archive(path, _choose_folder(path, _list_zip(path, archive, limits), marker), archive)


def archive_sha256(path: Path) -> str:
    """Hash of a zip's bytes, or of a folder's file names, sizes and bytes, in their order."""
    if path.is_file():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    digest = hashlib.sha256()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        digest.update(f"{file.relative_to(path).as_posix()}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as stream:
            while block := stream.read(_HASH_BLOCK):
                digest.update(block)
    return digest.hexdigest()


def _list_zip(
    path: Path, archive: zipfile.ZipFile, limits: Limits
) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """Every file of a zip, once it is known to be harmless."""
    infos = archive.infolist()
    _check_totals(path, len(infos), sum(info.file_size for info in infos), limits)
    packed = max(1, path.stat().st_size)  # entries may overlap, so compare with the whole too
    total = sum(info.file_size for info in infos)
    if total > limits.ratio_from_bytes and total > limits.ratio * packed:
        msg = f"{path} unpacks to {total / packed:.0f} times its size: refused as a zip bomb."
        raise FeedError(msg)
    members = {}
    for info in infos:
        name = _safe_name(path, info.filename)
        if stat.S_ISLNK(info.external_attr >> 16):
            msg = f"{path}: {info.filename} is a symbolic link: refused."
            raise FeedError(msg)
        _check_size(path, info.filename, info.file_size, limits)
        if (
            info.file_size > limits.ratio_from_bytes
            and info.file_size > limits.ratio * info.compress_size
        ):
            msg = f"{path}: {info.filename} is compressed too well: refused as a zip bomb."
            raise FeedError(msg)
        if not info.is_dir():
            members[name] = info
    return members


def _list_folder(path: Path, limits: Limits) -> dict[PurePosixPath, Path]:
    """Every file of a folder; symbolic links inside it are refused."""
    members: dict[PurePosixPath, Path] = {}
    total = 0
    for count, file in enumerate(path.rglob("*"), start=1):
        if file.is_symlink():
            msg = f"{path}: {file.name} is a symbolic link: refused."
            raise FeedError(msg)
        if file.is_file():
            size = file.stat().st_size
            total += size
            _check_size(path, file.name, size, limits)
            members[PurePosixPath(file.relative_to(path).as_posix())] = file
        _check_totals(path, count, total, limits)
    return dict(sorted(members.items()))


def _check_totals(path: Path, entries: int, total: int, limits: Limits) -> None:
    if entries > limits.entries:
        msg = f"{path} holds more than {limits.entries} entries: refused."
        raise FeedError(msg)
    if total > limits.total_bytes:
        msg = f"{path} unpacks to more than {limits.total_bytes} bytes: refused."
        raise FeedError(msg)


def _check_size(path: Path, name: str, size: int, limits: Limits) -> None:
    if size > limits.entry_bytes:
        msg = f"{path}: {name} holds more than {limits.entry_bytes} bytes: refused."
        raise FeedError(msg)


def _safe_name(path: Path, name: str) -> PurePosixPath:
    """The entry's path; FeedError where it would leave the archive."""
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in name.partition("/")[0]:
        msg = f"{path}: the entry {name!r} points outside the archive: refused."
        raise FeedError(msg)
    return parts


def _choose_folder(
    path: Path, members: Mapping[PurePosixPath, _Member], marker: str
) -> dict[str, _Member]:
    """The files beside the shallowest `marker`, by lower-case name."""
    homes = [name.parent for name in members if name.name.lower() == marker]
    if not homes:
        msg = f"{path} holds no {marker}: it is not a GTFS feed."
        raise FeedError(msg)
    home = min(homes, key=lambda folder: (len(folder.parts), folder))
    chosen: dict[str, _Member] = {}
    for name, member in members.items():
        if name.parent == home:
            chosen.setdefault(name.name.lower(), member)
    return chosen
