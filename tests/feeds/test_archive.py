"""Zips and folders that lie, and those that are merely odd."""

import stat
import struct
import zipfile

import pytest
from feed_text import write_files

from feeds.archive import Limits, archive_sha256, open_archive
from feeds.issues import FeedError

STOPS = b"stop_id\nA\n"


def read(path, name="stops.txt", **limits):
    with open_archive(path, marker="stops.txt", limits=Limits(**limits)) as archive:  # noqa: SIM117
        with archive.open(name) as stream:
            return stream.read()


@pytest.mark.parametrize(
    "files",
    [
        {"stops.txt": STOPS},
        {"gtfs/stops.txt": STOPS},
        {"a/b/stops.txt": STOPS},
        {"STOPS.TXT": STOPS},
        {"feed/Stops.Txt": STOPS, "__MACOSX/feed/._stops.txt": b"\0\5"},
        {"stops.txt": STOPS, "old/stops.txt": b"stop_id\nZ\n"},
    ],
)
@pytest.mark.parametrize("kind", ["feed.zip", "feed"])
def test_finds_the_feed_wherever_it_lies(tmp_path, files, kind):
    assert read(write_files(tmp_path / kind, files)) == STOPS


def test_finds_a_folder_written_with_backslashes(tmp_path):
    path = tmp_path / "windows.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("placeholder")
        info.filename = "gtfs\\stops.txt"
        archive.writestr(info, STOPS)
    assert read(path) == STOPS


@pytest.mark.parametrize("name", ["../stops.txt", "/etc/stops.txt", "a/../../x.txt", "C:/x.txt"])
def test_refuses_names_that_leave_the_archive(tmp_path, name):
    path = write_files(tmp_path / "slip.zip", {"stops.txt": STOPS, name: b"x"})
    with pytest.raises(FeedError, match="outside the archive"):
        read(path)


def test_refuses_a_symbolic_link_in_a_zip(tmp_path):
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stops.txt", STOPS)
        link = zipfile.ZipInfo("trips.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(FeedError, match=r"trips\.txt is a symbolic link"):
        read(path)


def test_refuses_a_symbolic_link_in_a_folder(tmp_path):
    folder = write_files(tmp_path / "feed", {"stops.txt": STOPS})
    (folder / "trips.txt").symlink_to("/etc/passwd")
    with pytest.raises(FeedError, match=r"trips\.txt is a symbolic link"):
        read(folder)


def test_refuses_a_zip_bomb(tmp_path):
    path = write_files(tmp_path / "bomb.zip", {"stops.txt": b"0" * (8 << 20)})
    with pytest.raises(FeedError, match="zip bomb"):
        read(path)


def test_refuses_one_bomb_among_honest_files(tmp_path):
    noise = bytes(hash((i, "x")) % 256 for i in range(200_000))
    path = write_files(tmp_path / "bomb.zip", {"stops.txt": STOPS, "z": noise, "b": bytes(9 << 20)})
    with pytest.raises(FeedError, match=r"b is compressed too well"):
        read(path)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"entries": 1}, "more than 1 entries"),
        ({"entry_bytes": 5}, "more than 5 bytes"),
        ({"total_bytes": 12}, "more than 12 bytes"),
    ],
)
@pytest.mark.parametrize("kind", ["feed.zip", "feed"])
def test_keeps_within_its_limits(tmp_path, limits, message, kind):
    path = write_files(tmp_path / kind, {"stops.txt": STOPS, "trips.txt": b"abc"})
    assert read(path) == STOPS
    with pytest.raises(FeedError, match=message):
        read(path, **limits)


def test_never_reads_more_than_a_file_declares(tmp_path):
    """An entry whose directory says 100 bytes gives 100, or is called damaged."""
    path = write_files(tmp_path / "liar.zip", {"stops.txt": STOPS * 100_000})
    data = path.read_bytes()
    true_size = struct.pack("<I", len(STOPS) * 100_000)
    path.write_bytes(data.replace(true_size, struct.pack("<I", 100)))
    with pytest.raises(FeedError, match=r"stops\.txt is damaged"):
        read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "neither a folder nor a readable zip"),
        (b"stop_id\nA\n", "neither a folder nor a readable zip"),
        (b"PK\x03\x04 and no more", "neither a folder nor a readable zip"),
    ],
)
def test_names_a_file_that_is_no_zip(tmp_path, content, message):
    path = tmp_path / "feed.zip"
    path.write_bytes(content)
    with pytest.raises(FeedError, match=rf"feed\.zip is {message}"):
        read(path)


def test_names_a_missing_file(tmp_path):
    with pytest.raises(FeedError, match=r"nowhere\.zip doesn't exist"):
        read(tmp_path / "nowhere.zip")


def test_names_what_a_zip_without_stops_lacks(tmp_path):
    path = write_files(tmp_path / "photos.zip", {"cat.jpg": b"miaow"})
    with pytest.raises(FeedError, match=r"photos\.zip holds no stops\.txt"):
        read(path)


def test_a_damaged_entry_is_named(tmp_path):
    path = write_files(tmp_path / "feed.zip", {"stops.txt": STOPS * 50})
    data = bytearray(path.read_bytes())
    data[len("stops.txt") + 30 + 3] ^= 0xFF  # within the packed bytes
    path.write_bytes(data)
    with pytest.raises(FeedError, match=r"stops\.txt is damaged"):
        read(path)


def test_an_encrypted_entry_is_named(tmp_path):
    path = write_files(tmp_path / "feed.zip", {"stops.txt": STOPS})
    data = path.read_bytes()
    locked = data.replace(b"PK\x03\x04\x14\0\0\0", b"PK\x03\x04\x14\0\1\0")
    path.write_bytes(
        locked.replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\1\0")
    )
    with pytest.raises(FeedError, match=r"stops\.txt can't be unpacked"):
        read(path)


def test_the_hash_of_a_folder_knows_names_and_contents(tmp_path):
    a = archive_sha256(write_files(tmp_path / "a", {"stops.txt": b"1", "trips.txt": b"2"}))
    b = archive_sha256(write_files(tmp_path / "b", {"stops.txt": b"1", "trips.txt": b"2"}))
    c = archive_sha256(write_files(tmp_path / "c", {"stops.txt": b"2", "trips.txt": b"1"}))
    d = archive_sha256(write_files(tmp_path / "d", {"stops.txt": b"12", "trips.txt": b""}))
    assert a == b
    assert len({a, c, d}) == 3
