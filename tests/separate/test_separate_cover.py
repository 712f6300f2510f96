"""The text of a cover sheet's QR code: what goes in comes out, and no slip goes unnoticed."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import COVER_PAYLOAD, CoverSheet
from dipro_scan.separate import (
    CoverDamaged,
    CoverNewer,
    CoverUnreadable,
    decode_cover,
    encode_cover,
    new_sheet_id,
)

WHOLE = CoverSheet("K7Q2M9XDAB", "63.10-0007/2025", "baugenehmigung", 12, "sehr hoch")

words = st.one_of(
    st.none(),
    st.text(min_size=1, max_size=64).filter(str.isprintable),
    st.text("|%äß§ 0aA/.-+", min_size=1, max_size=64),
)
covers = st.builds(
    CoverSheet,
    sheet_id=st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=16),
    aktenzeichen=words,
    class_id=words,
    pages=st.one_of(st.none(), st.integers(1, 9999)),
    schutzbedarf=st.sampled_from([None, "normal", "hoch", "sehr hoch"]),
)


def signed(body: str) -> str:
    return f"{body}{zlib.crc32(body.encode()):08X}"


def test_the_text_is_what_the_format_says() -> None:
    body = "DS1|D|K7Q2M9XDAB|63.10-0007/2025|baugenehmigung|12|sehr hoch|"
    assert encode_cover(WHOLE) == signed(body)


@given(covers)
def test_what_goes_in_comes_out(cover: CoverSheet) -> None:
    text = encode_cover(cover)
    assert text.isascii() and text.isprintable()
    assert COVER_PAYLOAD.match(text)
    assert decode_cover(text) == cover


@given(cover=covers, place=st.integers(0, 10_000), letter=st.characters())
def test_every_slip_of_one_character_is_seen(cover: CoverSheet, place: int, letter: str) -> None:
    text = encode_cover(cover)
    place %= len(text)
    if text[place] == letter:
        return
    slipped = text[:place] + letter + text[place + 1 :]
    if COVER_PAYLOAD.match(slipped):
        with pytest.raises(CoverDamaged):
            decode_cover(slipped)
    else:
        assert decode_cover(slipped) is None


@given(cover=covers, place=st.integers(0, 10_000))
def test_swapped_lost_and_doubled_characters_are_seen(cover: CoverSheet, place: int) -> None:
    text = encode_cover(cover)
    place %= len(text) - 1
    one, two = text[place], text[place + 1]
    swapped = text[:place] + two + one + text[place + 2 :]
    for wrong in (swapped, text[:place] + text[place + 1 :], text[:place] + one + text[place:]):
        if wrong == text:
            continue
        try:
            assert decode_cover(wrong) is None
        except CoverDamaged as error:
            assert "damaged" in str(error)


@given(st.text())
def test_foreign_texts_are_not_ours(text: str) -> None:
    try:
        assert decode_cover(text) is None
    except CoverUnreadable:
        assert COVER_PAYLOAD.match(text)


@pytest.mark.parametrize(
    "text", ["", "DIPRO-SCAN-SEPARATOR", "DS1|B|K7Q2M9XD|12|0000", "SPC\n0200\n1", "DS0|D|A|", "DS01|D|A|"]
)
def test_other_codes_are_not_cover_sheets(text: str) -> None:
    assert decode_cover(text) is None


def test_a_newer_version_is_told_from_damage() -> None:
    newer = signed("DS2|D|K7Q2M9XDAB|63.10-0007/2025|more|fields|than|today|")
    with pytest.raises(CoverNewer, match="2"):
        decode_cover(newer)
    with pytest.raises(CoverDamaged):
        decode_cover(newer.replace("more", "mire"))


@pytest.mark.parametrize(
    "fields",
    [
        "K7Q2M9XDAB||||||",
        "K7Q2M9XDAB||||",
        "|||||",
        "klein|||||",
        "A|||0012||",
        "A|||-1||",
        "A|||x||",
        "A||||enorm|",
        "A|%FF||||",
        "A|" + "x" * 65 + "||||",
        "A|%0A||||",
    ],
)
def test_a_fitting_check_does_not_excuse_wrong_content(fields: str) -> None:
    assert decode_cover(signed("DS1|D|K7Q2M9XDAB|||||")) == CoverSheet("K7Q2M9XDAB")
    with pytest.raises(CoverDamaged):
        decode_cover(signed(f"DS1|D|{fields}"))


def test_new_ids_differ_and_fit() -> None:
    ids = {new_sheet_id() for _number in range(200)}
    assert len(ids) == 200
    assert all(decode_cover(encode_cover(CoverSheet(one))) == CoverSheet(one) for one in ids)


@pytest.mark.parametrize(
    "values",
    [
        {"sheet_id": ""},
        {"sheet_id": "a"},
        {"aktenzeichen": ""},
        {"class_id": "x" * 65},
        {"aktenzeichen": "a\nb"},
        {"pages": 0},
        {"pages": 10_000},
        {"schutzbedarf": "enorm"},
    ],
)
def test_no_sheet_says_nonsense(values: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        CoverSheet(**{"sheet_id": "A", **values})  # type: ignore[arg-type]
