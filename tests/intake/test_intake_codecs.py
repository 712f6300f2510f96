"""Headers of JBIG2 and JPEG 2000, and data that unpack to more than they should."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dipro_scan.intake.decoding import decode_stream
from dipro_scan.intake.encode import bitonal_stream, flate_stream, indexed_stream
from dipro_scan.intake.inflate import inflate, inflated_size
from dipro_scan.intake.jbig2 import SYMBOL_CODING, is_generic_only, segment_types
from dipro_scan.intake.jpx import simple_channels


def _jbig2(path: Path) -> tuple[bytes, bytes]:
    with pikepdf.open(path) as pdf:
        image = next(iter(pdf.pages[0].get_images().values()))
        parms = image.get("/DecodeParms")
        shared = parms.JBIG2Globals.read_bytes() if parms is not None else b""
        return bytes(image.read_raw_bytes()), bytes(shared)


def test_symbol_coding_is_found_in_a_real_file(scans: Path) -> None:
    data, shared = _jbig2(scans / "skew" / "omp_jbig2.pdf")
    kinds = (segment_types(data) or frozenset()) | (segment_types(shared) or frozenset())
    assert kinds & SYMBOL_CODING
    assert not is_generic_only(kinds)


def test_generic_coding_is_found_in_a_real_file(scans: Path) -> None:
    data, shared = _jbig2(scans / "skew" / "omp_cardinal.pdf")
    assert shared == b""
    kinds = segment_types(data)
    assert kinds is not None and is_generic_only(kinds)


def _segment(number: int, kind: int, content: bytes, referred: tuple[int, ...] = ()) -> bytes:
    size = "B" if number <= 256 else "H" if number <= 65536 else "I"
    if len(referred) <= 4:
        count = bytes([len(referred) << 5])
    else:
        count = struct.pack(">I", 7 << 29 | len(referred)) + bytes((len(referred) + 8) // 8)
    links = struct.pack(f">{len(referred)}{size}", *referred)
    return (
        struct.pack(">IB", number, kind) + count + links + b"\1" + struct.pack(">I", len(content)) + content
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 6, 38, 48, 49]),
            st.binary(max_size=20),
            st.integers(0, 9),
            st.integers(0, 70000),
        ),
        max_size=6,
    )
)
def test_segment_headers_of_every_form_are_read(parts: list[tuple[int, bytes, int, int]]) -> None:
    data = b"".join(
        _segment(number, kind, content, tuple(range(min(links, number))))
        for kind, content, links, number in parts
    )
    assert segment_types(data) == frozenset(kind for kind, *_rest in parts)


@given(st.binary(max_size=60))
def test_any_bytes_have_an_answer(data: bytes) -> None:
    kinds = segment_types(data)
    assert kinds is None or all(0 <= kind < 64 for kind in kinds)
    assert simple_channels(b"\0\0\0\x0cjP  \r\n\x87\n" + data) in (None, 1, 3)


@pytest.mark.parametrize(("mode", "expected"), [("L", 1), ("RGB", 3), ("RGBA", None), ("I;16", None)])
def test_only_simple_jpeg_2000_is_taken_as_it_is(mode: str, expected: int | None) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (20, 20)).save(buffer, "JPEG2000")
    assert simple_channels(buffer.getvalue()) == expected
    codestream = buffer.getvalue()[buffer.getvalue().index(b"\xff\x4f\xff\x51") :]
    assert simple_channels(codestream) is None


@given(st.binary(max_size=5000), st.integers(0, 6000))
def test_unpacking_stops_at_its_limit(data: bytes, limit: int) -> None:
    packed = zlib.compress(data)
    assert inflated_size(packed, limit) == (len(data) if len(data) <= limit else None)
    assert inflate(packed, limit) == (data if len(data) <= limit else None)
    assert inflated_size(packed[:-3], limit) is None
    assert inflated_size(packed + b"trailing", limit) == (len(data) if len(data) <= limit else None)


def test_a_bomb_is_measured_without_being_held() -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _mebibyte in range(64)) + packer.flush()
    assert inflated_size(packed, 1 << 27) == 64 << 20
    assert inflated_size(packed, 1 << 25) is None


@given(st.integers(1, 70), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_our_own_streams_show_exactly_what_went_in(width: int, height: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ink = rng.random((height, width)) < 0.4
    gray = rng.integers(0, 256, (height, width), dtype=np.uint8)
    colour = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    indexed = Image.fromarray(colour).quantize(int(rng.integers(2, 200)))
    expected = np.asarray(indexed.convert("RGB"))
    for stream, pixels in (
        (bitonal_stream(ink), np.where(ink, 0, 255)),
        (flate_stream(Image.fromarray(gray)), gray),
        (flate_stream(Image.fromarray(colour)), colour),
        (indexed_stream(indexed), expected),
    ):
        seen = decode_stream(stream)
        assert seen is not None
        if seen.ndim == 2 and pixels.ndim == 3:
            seen = np.stack([seen] * 3, axis=2)
        assert (seen == pixels).all()
