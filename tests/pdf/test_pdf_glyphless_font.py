from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.pdf.alphabet import Alphabet, clusters
from dipro_scan.pdf.conformance.cmaps import read_cmap
from dipro_scan.pdf.conformance.truetype import read_truetype
from dipro_scan.pdf.glyphless_font import (
    ADVANCE,
    COMMA,
    MARKED,
    RAISED,
    SHAPES,
    SMALL,
    SMALL_DEEP,
    TALL,
    TALL_DEEP,
    font_program,
    shape_of,
)


def tables() -> dict[bytes, tuple[int, bytes]]:
    program = font_program()
    found = {}
    for index in range(struct.unpack_from(">H", program, 4)[0]):
        tag, checksum, offset, length = struct.unpack_from(">4sIII", program, 12 + 16 * index)
        found[tag] = (checksum, program[offset : offset + length])
    return found


def checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    return sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF


def test_every_table_has_its_checksum_and_the_file_its_own() -> None:
    for tag, (stated, data) in tables().items():
        whole = data[:8] + bytes(4) + data[12:] if tag == b"head" else data
        assert checksum(whole) == stated, tag
    assert checksum(font_program()) == 0xB1B0AFBA


def test_a_reader_of_truetype_finds_the_glyphs() -> None:
    truetype = read_truetype(font_program())
    assert truetype is not None
    assert truetype.advances == [ADVANCE] * len(SHAPES)
    assert truetype.width(len(SHAPES)) is None
    assert len(font_program()) < 1200


def test_boxes_stand_where_their_shapes_say() -> None:
    found = tables()
    glyphs, places = found[b"glyf"][1], found[b"loca"][1]
    offsets = [2 * value for value in struct.unpack(f">{len(places) // 2}H", places)]
    assert offsets[-1] == len(glyphs)
    for shape, offset in zip(SHAPES, offsets[:-1], strict=True):
        assert struct.unpack_from(">hhhhh", glyphs, offset) == (1, 0, shape.bottom, ADVANCE, shape.top)


@pytest.mark.parametrize(
    ("letters", "shape"),
    [
        ("aceosz:.", SMALL),
        ("gpqy", SMALL_DEEP),
        ("AZbdk1ßäé", TALL),
        ("j§()Q", TALL_DEEP),
        ("-–—·•", RAISED),
        (",;", COMMA),
        ("ÄÖÜÉ", MARKED),
    ],
)
def test_letters_get_the_box_of_their_ink(letters: str, shape: object) -> None:
    assert {shape_of(letter) for letter in letters} == {shape}


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("nur", SMALL),
        ("grau", SMALL_DEEP),
        ("für", TALL),
        ("Amt", TALL),
        ("gehört", TALL_DEEP),
        ("so,", SMALL_DEEP),
        ("–", RAISED),
    ],
)
def test_a_word_as_one_glyph_gets_the_box_of_its_ink(word: str, shape: object) -> None:
    assert shape_of(word) == shape


@given(st.text(max_size=300))
def test_what_is_encoded_can_be_read_back(text: str) -> None:
    used = clusters(text)
    alphabet = Alphabet(used)
    unicode = read_cmap(alphabet.to_unicode()).unicode
    codes = bytes.fromhex(alphabet.encode(used)[1:-1])
    read = [unicode[int.from_bytes(codes[i : i + 2], "big")] for i in range(0, len(codes), 2)]
    assert tuple(read) == used
    assert not {"\x00", "\ufeff", "\ufffe"} & set("".join(unicode.values()))
