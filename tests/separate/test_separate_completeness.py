"""Missing, stuck and repeated pages are noticed; ordinary paper raises no doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import (
    BlankVerdict,
    Box,
    Document,
    PageGeometry,
    PageText,
    ReadPage,
    Reason,
    Separation,
    SetAside,
)
from dipro_scan.separate import notice
from dipro_scan.settings import CompletenessSettings

from ..pages_by_hand import read_page, words_in

ON = CompletenessSettings()


def page(
    number: int,
    text: str = "",
    *,
    size: tuple[float, float] = (210.0, 297.0),
    content: str | None = None,
    rotation: int = 0,
    skew: float = 0.0,
    blank: BlankVerdict = BlankVerdict.NOT_BLANK,
    source: str = "stapel.pdf",
) -> ReadPage:
    box = Box(20, size[1] - 12, 80, size[1] - 9)
    return read_page(
        source,
        number,
        content_sha256=(content or f"{number:03d}").ljust(64, "0"),
        geometry=PageGeometry(*size, rotation=rotation, skew_degrees=skew),
        blank=blank,
        text=words_in(box, [(word, 0.95) for word in text.split()]) if text else PageText(),
    )


def doubts_of(pages: list[ReadPage], settings: CompletenessSettings = ON) -> list[Reason]:
    document = Document("x", tuple(pages))
    return list(notice(Separation((document,), ()), pages, settings).documents[0].doubts)


def numbered(*texts: str) -> list[str]:
    """The codes for a document whose pages bear these numbers: `2/4` is “Seite 2 von 4”, `3` “Seite 3”."""
    forms = [f"Seite {text.replace('/', ' von ')}" if text else "" for text in texts]
    return [doubt.code for doubt in doubts_of([page(number, form) for number, form in enumerate(forms)])]


@pytest.mark.parametrize(
    "texts",
    [
        ["", "", ""],
        ["1/1"],
        ["1/3", "2/3", "3/3"],
        ["", "2/3", "3/3"],
        ["1/3", "", "3/3"],
        ["1/3", "2/3", ""],
        ["1/2", "2/2", "1/3", "2/3", "3/3"],
        ["1/2", "2/2", "1/2", "2/2"],
        ["", "2/2", "", "2/2"],
        ["1/1", "1/1", "1/1"],
        ["1/2", "2/2", "", ""],
        ["", "2", "3", "4"],
        ["", "2", "", "4"],
        ["1", "17"],
        ["4", "1", "2"],
        ["1", "2/3", "3/3"],
    ],
)
def test_whole_documents_raise_no_doubt(texts: list[str]) -> None:
    assert numbered(*texts) == []


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (["1/4", "3/4", "4/4"], ["page_number_gap"]),
        (["1/2"], ["page_number_gap"]),
        (["2/2"], ["page_number_gap"]),
        (["1/4", "2/4", "3/4"], ["page_number_gap"]),
        (["1/4", "3/4", "4/4", ""], ["page_number_gap"]),
        (["1/2", "2/2", "2/3", "3/3"], ["page_number_gap"]),
        (["1/3", "2/3", "2/3", "3/3"], ["page_number_repeated"]),
        (["1/2", "1/2", "2/2"], ["page_number_repeated"]),
        (["1/4", "4/4", "3/4", "2/4"], ["page_number_disorder"]),
        (["2", "3"], ["page_number_gap"]),
        (["2", "4"], ["page_number_gap", "page_number_gap"]),
        (["1", "4"], ["page_number_gap"]),
        (["1", "3", "5"], ["page_number_gap", "page_number_gap"]),
    ],
)
def test_gaps_repetitions_and_disorder_are_noticed(texts: list[str], codes: list[str]) -> None:
    assert numbered(*texts) == codes


def test_a_gap_names_the_missing_numbers() -> None:
    pages = [page(number, f"Seite {number} von 9") for number in (1, 3, 7, 8, 9)]
    (doubt,) = doubts_of(pages)
    assert "9" in doubt.text and "2, 4–6" in doubt.text


@given(st.integers(2, 12), st.data())
def test_any_page_taken_out_of_a_numbered_letter_is_missed(of: int, data: st.DataObject) -> None:
    pages = [page(number, f"Seite {number} von {of}") for number in range(1, of + 1)]
    lost = data.draw(st.sampled_from(pages))
    assert doubts_of(pages) == []
    assert [doubt.code for doubt in doubts_of([item for item in pages if item is not lost])] == [
        "page_number_gap"
    ]


def test_a_page_longer_than_its_neighbours_is_noticed_with_its_length() -> None:
    pages = [page(1), page(2, size=(210, 371)), page(3), page(4)]
    (doubt,) = doubts_of(pages)
    assert doubt.code == "double_feed_suspected"
    assert all(part in doubt.text for part in ("stapel.pdf", "2", "371", "297"))


@pytest.mark.parametrize(
    "odd",
    [
        page(9, size=(210, 301)),
        page(9, size=(210, 330)),
        page(9, size=(216, 356)),
        page(9, size=(297, 420)),
        page(9, size=(80, 380)),
        page(9, size=(210, 304), skew=1.5),
        page(9, size=(297, 210), rotation=90),
        page(9, size=(210, 148)),
        page(9, size=(210, 700)),
    ],
)
def test_other_formats_and_pages_a_little_longer_are_no_double_feed(odd: ReadPage) -> None:
    assert doubts_of([page(1), page(2), odd, page(3)]) == []


def test_lengths_count_as_the_scanner_fed_the_paper() -> None:
    turned = page(3, size=(371, 210), rotation=90)
    assert [doubt.code for doubt in doubts_of([page(1), page(2), turned])] == ["double_feed_suspected"]
    assert doubts_of([page(1), page(2), page(3, size=(371, 210))]) == []


def test_a_page_without_two_neighbours_of_its_width_is_not_judged() -> None:
    assert doubts_of([page(1), page(2, size=(210, 371))]) == []
    others = [page(1, source="a"), page(2, source="a"), page(1, size=(210, 371), source="b")]
    assert doubts_of(others) == []
    mixed = [page(1), page(2, size=(210, 148)), page(3), page(4, size=(210, 148)), page(5, size=(210, 250))]
    assert doubts_of(mixed) == []


def test_a_long_page_set_aside_puts_the_document_beside_it_in_doubt() -> None:
    long_blank = page(2, size=(210, 371), blank=BlankVerdict.BLANK)
    pages = [page(1), long_blank, page(3), page(4)]
    documents = (Document("x", (pages[0],)), Document("y", (pages[2], pages[3])))
    found = notice(Separation(documents, (SetAside(long_blank, "blank"),)), pages, ON)
    assert [[doubt.code for doubt in document.doubts] for document in found.documents] == [
        ["double_feed_suspected"],
        [],
    ]
    first = [long_blank, *pages[2:], page(5)]
    found = notice(
        Separation((Document("y", tuple(first[1:])),), (SetAside(long_blank, "blank"),)), first, ON
    )
    assert [doubt.code for doubt in found.documents[0].doubts] == ["double_feed_suspected"]


def test_the_same_image_twice_in_a_row_is_noticed() -> None:
    pages = [page(1), page(2, content="aa"), page(3, content="aa"), page(4)]
    (doubt,) = doubts_of(pages)
    assert doubt.code == "page_repeated" and "2" in doubt.text and "3" in doubt.text


def test_blank_pages_and_pages_apart_may_be_alike() -> None:
    blank = BlankVerdict.DOUBTFUL
    assert doubts_of([page(1, content="aa", blank=blank), page(2, content="aa", blank=blank)]) == []
    assert doubts_of([page(1, content="aa"), page(2), page(3, content="aa")]) == []


def test_each_sign_can_be_switched_off_and_earlier_doubts_stay() -> None:
    pages = [page(1, "Seite 1 von 9"), page(2, size=(210, 371)), page(3, content="aa"), page(4, content="aa")]
    before = Reason("before", "said before")
    document = Document("x", tuple(pages), doubts=(before,))

    def codes(settings: CompletenessSettings) -> list[str]:
        found = notice(Separation((document,), ()), pages, settings)
        return [doubt.code for doubt in found.documents[0].doubts]

    assert codes(ON) == ["before", "page_number_gap", "double_feed_suspected", "page_repeated"]
    off = CompletenessSettings(page_numbers=False, double_feeds=False, repeated_pages=False)
    assert codes(off) == ["before"]
    assert codes(CompletenessSettings(double_feed_mm=80)) == ["before", "page_number_gap", "page_repeated"]
