"""Archives from elsewhere: what they may hold is read, and every trick that a zip can play is refused."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotage.core.archives import open_archive
from pilotage.core.errors import InvalidInputError, NotFoundError

Entry = tuple[str | zipfile.ZipInfo, bytes]


def packed(*entries: Entry, how: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return file


def refusal(file: io.BytesIO, **limits: int) -> str:
    """The message that the archive is refused with, by field."""
    with pytest.raises(InvalidInputError) as refused:
        read_all(file, **limits)
    assert refused.value.field == "archive"
    return str(refused.value)


def read_all(file: io.BytesIO, **limits: int) -> list[bytes]:
    with open_archive(file, **limits) as archive:
        return [archive.read(name) for name in archive.sizes]


def with_mode(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    return entry


def test_an_honest_archive_is_read_in_its_order(tmp_path: Path) -> None:
    file = packed(("manifest.json", b"{}"), ("pictures/", b""), ("pictures/é 1.png", b"\x89PNG"), ("empty", b""))
    with open_archive(file) as archive:
        assert archive.sizes == {"manifest.json": 2, "pictures/é 1.png": 4, "empty": 0}
        assert archive.read("pictures/é 1.png") == b"\x89PNG"
        with pytest.raises(NotFoundError):
            archive.read("pictures/")
    path = tmp_path / "a b.zip"
    path.write_bytes(file.getvalue())
    with open_archive(path) as archive:
        assert archive.read("manifest.json") == b"{}"


@pytest.mark.parametrize(
    "name",
    [
        "../up", "a/../../up", "a/..", "./a", "a//b", "/etc/passwd", "//host/share", "C:/windows", "C:x", "file:ads",
        "a\\..\\up", "\\\\host\\x", "a\nb", "a\x7fb", "x" * 300, "é" * 121, "con", "a/NUL.txt", "com1.png", "dot.",
        "blank ", "a/ /b", "what?", "\u0000",
    ],
)  # fmt: skip
def test_a_name_that_is_no_relative_path_everywhere_is_refused(name: str) -> None:
    entry = zipfile.ZipInfo("placeholder")
    entry.filename = entry.orig_filename = name
    assert "archive" in refusal(packed((entry, b"x")))


def test_a_name_with_a_hidden_end_is_refused() -> None:
    honest = packed(("good.png0evil", b"x")).getvalue()
    assert "name" in refusal(io.BytesIO(honest.replace(b"good.png0evil", b"good.png\x00evil")))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_a_link_or_a_device_is_refused(kind: int) -> None:
    assert "link" in refusal(packed((with_mode("a", kind | 0o777), b"/etc/passwd")))
    with open_archive(packed((with_mode("a", stat.S_IFREG | 0o600), b"x"))) as archive:
        assert archive.read("a") == b"x"


@pytest.mark.parametrize(
    "names", [("a", "a"), ("a.png", "A.PNG"), ("é", "e\u0301"), ("straße", "STRASSE"), ("a", "a/b"), ("A/b/c", "a/B"),
              ("a/", "a")],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_that_would_be_one_file_are_refused(names: Iterable[str]) -> None:
    assert refusal(packed(*((name, b"") for name in names)))
    assert refusal(packed(*((name, b"") for name in reversed(tuple(names)))))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed(("zeros", bytes(50_000_000)))
    tracemalloc.start()
    assert "200 times" in refusal(bomb)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()
    assert "unpacks to more" in refusal(packed(("a", b"x" * 600), ("b", b"y" * 600)), max_size=1000)
    assert "bytes" in refusal(packed(("a", bytes(2000)), how=zipfile.ZIP_STORED), max_size=1000)
    with open_archive(packed(("blank page", b" " * 60_000))) as archive:
        assert len(archive.read("blank page")) == 60_000


def test_a_bomb_that_lies_about_its_size_unpacks_to_no_more_than_it_said() -> None:
    bomb = packed(("zeros", bytes(50_000_000))).getvalue()
    liar = bomb.replace(struct.pack("<L", 50_000_000), struct.pack("<L", 100))
    tracemalloc.start()
    assert "cannot be read" in refusal(io.BytesIO(liar))
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_too_many_files_are_refused_before_their_table_is_read() -> None:
    assert "3 files" in refusal(packed(*((str(n), b"") for n in range(4))), max_files=3)
    crowd = packed(*((f"{n:06d}", b"") for n in range(60_000)))
    tracemalloc.start()
    assert "files" in refusal(crowd, max_files=1000)
    assert tracemalloc.get_traced_memory()[1] < 200_000
    tracemalloc.stop()


def test_what_says_two_things_at_once_is_refused() -> None:
    honest = packed(("a", b"x"))
    commented = io.BytesIO(honest.getvalue())
    with zipfile.ZipFile(commented, "a") as archive:
        archive.comment = b"PK\x05\x06 another end"
    assert "plain zip" in refusal(commented)
    end = honest.getvalue()[-22:]
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, 0, 1)
    assert "plain zip" in refusal(io.BytesIO(honest.getvalue()[:-22] + locator + end))
    renamed = honest.getvalue()
    two_named = renamed[:30] + b"b" + renamed[31:]  # the file's own header says b, the table says a
    assert "cannot be read" in refusal(io.BytesIO(two_named))


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip at all, but long enough to be searched", b"\x89PNG" * 40])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    assert "zip" in refusal(io.BytesIO(data))


def test_an_encrypted_or_oddly_packed_file_is_refused() -> None:
    assert "packed" in refusal(packed(("a", b"x" * 99), how=zipfile.ZIP_BZIP2))
    honest = bytearray(packed(("a", b"x")).getvalue())
    honest[honest.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refusal(io.BytesIO(bytes(honest)))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8), st.integers(0, 400))
def test_a_damaged_archive_is_read_rightly_or_refused_and_nothing_else(flips: list[tuple[int, int]], cut: int) -> None:
    content = {"manifest.json": b'{"a": 1}', "pictures/1.png": bytes(range(256)), "log": b"line\n" * 40}
    data = bytearray(packed(*content.items()).getvalue())
    for place, value in flips:
        data[place % len(data)] = value
    try:
        with open_archive(
            io.BytesIO(bytes(data[: len(data) - cut] if cut < 40 else data)), max_size=1 << 20
        ) as archive:
            read = [archive.read(name) for name in archive.sizes]
    except InvalidInputError:
        return
    assert all(part in content.values() or part == b"" for part in read)
