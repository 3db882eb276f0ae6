"""Pictures from elsewhere: bombs, halves, chimeras and films are refused; what is decoded is pixels alone."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from pilotage.core.errors import InvalidInputError
from pilotage.core.media import MAX_PIXELS, Media

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><script>alert(1)</script></html>"


def picture(kind: str, **options: object) -> bytes:
    rng = np.random.default_rng(1)
    file = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)).save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


@cache
def bomb(width: int, height: int) -> bytes:
    """A small, valid PNG of black pixels, one bit each."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    row, press = bytes(1 + (width + 7) // 8), zlib.compressobj(9)
    rows = b"".join(press.compress(row) for _ in range(height)) + press.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def refuse(data: bytes, media_type: str = "image/png") -> str:
    with pytest.raises(InvalidInputError) as refused:
        Media(media_type, data).pixels()
    return str(refused.value)


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (2**31 - 1, 1), (MAX_PIXELS + 1, 1), (12_000, 9000)])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_bomb_is_refused_by_its_header(width: int, height: int) -> None:
    header = bomb(8, 8)[:16] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    ended = header + zlib.crc32(header[12:]).to_bytes(4, "big") + chunk(b"IDAT", zlib.compress(bytes(9)))
    assert "pixels" in refuse(ended + chunk(b"IEND", b""))


BOMB_IN_A_PROCESS = """
import resource, sys
from PIL import Image
from pilotage.core.media import Media
media = Media(sys.argv[1], sys.stdin.buffer.read())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    media.pixels()
except Exception as error:
    print(type(error).__name__, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def vast_webp() -> bytes:
    """A WebP that claims the largest canvas that the format knows."""
    data = picture("WEBP", lossless=True)
    assert data[12:16] == b"VP8L"
    assert data[20] == 0x2F
    size = int.from_bytes(data[21:25], "little") | (1 << 28) - 1  # 14 bits a side
    return data[:21] + size.to_bytes(4, "little") + data[25:]


@pytest.mark.parametrize("kind", ["image/png", "image/webp"])
def test_a_whole_bomb_costs_no_memory(kind: str) -> None:
    data = bomb(50_000, 50_000) if kind == "image/png" else vast_webp()
    assert len(data) < 2_000_000
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BOMB_IN_A_PROCESS, kind], input=data, capture_output=True, check=True
    )
    name, grown = done.stdout.split()
    unit = 1 if sys.platform == "darwin" else 1024
    assert name == b"InvalidInputError"
    assert int(grown) * unit < 50_000_000


def test_half_a_picture_is_refused() -> None:
    for kind, media_type in (("PNG", "image/png"), ("WEBP", "image/webp")):
        whole = picture(kind)
        for size in (0, 4, 20, 40, len(whole) // 2, len(whole) - 30):
            refuse(whole[:size], media_type)


@pytest.mark.parametrize("data", [SVG, HTML, b"", b"GIF89a", b"\x80\x04cos\nsystem\n", b"%PDF-1.7"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    refuse(data)
    refuse(data, "image/svg+xml")


def test_only_the_declared_format_is_tried() -> None:
    refuse(picture("WEBP"), "image/png")
    refuse(picture("PNG"), "image/webp")
    for kind in ("GIF", "BMP", "TIFF", "JPEG"):
        refuse(picture(kind))
        refuse(picture(kind), f"image/{kind.lower()}")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_film_is_refused(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), (n % 256, n // 256, 0)) for n in range(1000)]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    assert "animated" in refuse(file.getvalue(), f"image/{kind.lower()}")


def test_text_that_swells_up_is_refused() -> None:
    swelling = chunk(b"zTXt", b"parameters\0\0" + zlib.compress(bytes(200_000_000), 9))
    plain = picture("PNG")
    refuse(plain[:33] + swelling + plain[33:])


def test_what_stands_beside_the_pixels_does_not_reach_them() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("parameters", HTML.decode())
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, HTML.decode()  # turned by a quarter; a description
    chimera = picture("PNG", pnginfo=notes, exif=exif) + HTML
    np.testing.assert_array_equal(Media("image/png", chimera).pixels(), Media("image/png", picture("PNG")).pixels())
    assert b"<script>" not in Media.from_pixels(Media("image/png", chimera).pixels()).data


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["PNG", "WEBP"]),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_a_damaged_picture_is_pixels_or_refused_and_nothing_else(kind: str, flips: list[tuple[int, int]]) -> None:
    data = bytearray(picture(kind))
    for place, value in flips:
        data[place % len(data)] = value
    try:
        pixels = Media(f"image/{kind.lower()}", bytes(data)).pixels()
    except InvalidInputError:
        return
    assert pixels.ndim == 3
    assert pixels.dtype == np.uint8
