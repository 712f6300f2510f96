"""Cover sheets, stickers, counts, blank pages and folders: what they part, and what they say of whom."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipro_scan.model import (
    BlankVerdict,
    Box,
    Code,
    CodeMeaning,
    CoverSheet,
    Document,
    PageReading,
    PageRef,
    PageText,
    ReadPage,
    Separation,
)
from dipro_scan.separate import check_complete, encode_cover, separate_pages
from dipro_scan.settings import SeparationSettings, StickerPattern, StickerSettings

from ..pages_by_hand import page_reading, words_in

ARCHIVE = StickerPattern(gives="archivnummer", pattern=r"ARCHIV-(?P<value>\d{1,8})")
STICKERS = StickerSettings(patterns=(ARCHIVE, StickerPattern()))
NEWER = "DS9|D|K7|x|" + "0CF8FD3A"


def in_plan(text: str) -> str | None:
    match = re.fullmatch(r"63\.10-(\d+)/2025", text)
    return f"63.10-{int(match[1]):04d}/2025" if match else None


def cover(sheet_id: str, **values: object) -> Code:
    return Code("QRCode", encode_cover(CoverSheet(sheet_id, **values)), CodeMeaning.COVER)  # type: ignore[arg-type]


def sticker(text: str) -> Code:
    return Code("Code128", text, CodeMeaning.AKTENZEICHEN)


SEPARATOR = Code("PatchT", "T", CodeMeaning.SEPARATOR)


def reading(*codes: Code, blank: BlankVerdict = BlankVerdict.NOT_BLANK, text: str = "") -> PageReading:
    read = words_in(Box(25, 100, 100, 104), [(word, 0.9) for word in text.split()]) if text else PageText()
    return page_reading(blank=blank, text=read, codes=codes)


PAPER, BLANK = reading(), reading(blank=BlankVerdict.BLANK)
DOUBTFUL = reading(blank=BlankVerdict.DOUBTFUL)
SHEET = reading(SEPARATOR)


def stack(*readings: PageReading, source: str = "stapel.pdf", first: int = 1) -> list[ReadPage]:
    sha256 = source.encode().hex()
    return [
        ReadPage(PageRef(sha256, source, number), replace(item, content_sha256=f"{number:064x}"), Path("s"))
        for number, item in enumerate(readings, start=first)
    ]


def apart(*readings: PageReading, **values: object) -> Separation:
    pages = stack(*readings)
    separation = separate_pages(pages, SeparationSettings.model_validate(values), in_plan)
    check_complete([page.ref for page in pages], separation)
    return separation


def pages_of(separation: Separation) -> list[list[int]]:
    return [[page.ref.source_page for page in document.pages] for document in separation.documents]


def codes_of(document: Document) -> list[str]:
    return [doubt.code for doubt in document.doubts]


A = reading(SEPARATOR, cover("AAAA", aktenzeichen="63.10-0007/2025", class_id="bauantrag", pages=2))
B = reading(SEPARATOR, cover("BBBB", class_id="rechnung"))


def test_what_a_cover_sheet_says_holds_for_the_pages_behind_it_and_for_no_others() -> None:
    separation = apart(PAPER, A, A, PAPER, BLANK, PAPER, SHEET, PAPER, B, BLANK, PAPER)
    assert pages_of(separation) == [[1], [4, 6], [8], [11]]
    assert [aside.why for aside in separation.set_aside] == [
        *("separator", "separator", "blank", "separator", "separator", "separator")
    ]
    first, second, third, fourth = separation.documents
    assert first.index == third.index == ()
    (voice,) = second.index
    assert (voice.origin, voice.shown, voice.class_id, voice.pages) == ("cover", "AAAA", "bauantrag", 2)
    assert voice.aktenzeichen == "63.10-0007/2025"
    assert [voice.shown for voice in fourth.index] == ["BBBB"]
    assert not any(document.doubts for document in separation.documents)
    assert [reason.code for reason in second.why] == ["cover_sheet", "blank_set_aside", "separator_sheet"]


def test_the_end_of_a_file_ends_what_a_cover_sheet_says() -> None:
    pages = [*stack(A, PAPER, PAPER, source="1.pdf"), *stack(PAPER, source="2.pdf")]
    one, two = separate_pages(pages, SeparationSettings()).documents
    assert [voice.shown for voice in one.index] == ["AAAA"]
    assert two.index == ()


@pytest.mark.parametrize(
    ("pages", "fits"),
    [
        ([PAPER], False),
        ([PAPER, PAPER], True),
        ([PAPER, BLANK, PAPER, BLANK], True),
        ([PAPER, PAPER, PAPER], False),
        ([PAPER, DOUBTFUL], True),
        ([PAPER, PAPER, DOUBTFUL], True),
    ],
)
def test_the_pages_of_a_cover_sheet_are_counted(pages: list[PageReading], fits: bool) -> None:
    (document,) = apart(A, *pages).documents
    assert codes_of(document) == ([] if fits else ["page_count_differs"])


def test_the_count_is_that_of_the_part_and_is_said_of_none_of_several_documents() -> None:
    separation = apart(A, PAPER, PAPER, every_pages=1)
    assert pages_of(separation) == [[2], [3]]
    assert [voice.pages for item in separation.documents for voice in item.index] == [None, None]
    assert not any(item.doubts for item in separation.documents)
    short = apart(A, PAPER, PAPER, PAPER, every_pages=1)
    assert [codes_of(item) for item in short.documents] == [["page_count_differs"]] * 3


def test_a_cover_sheet_without_pages_is_told_with_the_document_behind_it_or_before_it() -> None:
    behind = apart(PAPER, A, A, BLANK, B, PAPER)
    assert [codes_of(item) for item in behind.documents] == [[], ["cover_without_pages"]]
    assert [voice.shown for voice in behind.documents[1].index] == ["BBBB"]
    before = apart(PAPER, A, BLANK)
    assert [codes_of(item) for item in before.documents] == [["cover_without_pages"]]
    assert before.documents[0].index == ()


def test_a_cover_sheet_alone_in_its_file_waits_for_a_person_itself() -> None:
    separation = apart(A, A, BLANK, SHEET)
    assert pages_of(separation) == [[1, 2]]
    assert codes_of(separation.documents[0]) == ["cover_without_pages"]
    assert [aside.page.ref.source_page for aside in separation.set_aside] == [3, 4]


@pytest.mark.parametrize("text", ["DS1|D|K7Q2M9XDAB||rechnung|||00000000", NEWER, "DS1|D|"])
def test_an_unreadable_cover_sheet_is_set_aside_and_told(text: str) -> None:
    broken = reading(Code("QRCode", text, CodeMeaning.COVER))
    separation = apart(A, PAPER, PAPER, broken, broken, PAPER)
    assert pages_of(separation) == [[2, 3], [6]]
    assert [codes_of(item) for item in separation.documents] == [[], ["cover_unreadable"]]
    assert separation.documents[1].index == ()
    assert separation.documents[1].doubts[0].text.endswith(".")


def test_two_different_cover_sheets_on_one_page_say_nothing() -> None:
    both = reading(cover("AAAA", class_id="rechnung"), cover("BBBB", class_id="mahnung"))
    (document,) = apart(both, PAPER).documents
    assert (document.index, codes_of(document)) == ((), ["cover_unreadable"])


def test_cover_sheets_may_be_ignored() -> None:
    plain = reading(cover("AAAA", class_id="rechnung"))
    (document,) = apart(plain, PAPER, cover_sheets=False).documents
    assert len(document.pages) == 2
    assert document.index == ()


def test_a_sticker_begins_a_document_stays_in_it_and_names_it() -> None:
    one, two = reading(sticker("63.10-7/2025")), reading(sticker("ARCHIV-815"))
    separation = apart(PAPER, one, PAPER, BLANK, two, PAPER, stickers=STICKERS.model_dump())
    assert pages_of(separation) == [[1], [2, 3], [5, 6]]
    first, second, third = separation.documents
    assert first.index == ()
    assert [(voice.origin, voice.aktenzeichen) for voice in second.index] == [("sticker", "63.10-0007/2025")]
    assert [voice.fields for voice in third.index] == [{"archivnummer": "815"}]


def test_stickers_that_the_plan_does_not_know_are_somebody_elses() -> None:
    foreign = reading(sticker("11.22-3/2025"))
    (document,) = apart(PAPER, foreign, stickers=STICKERS.model_dump()).documents
    assert document.index == ()


def test_an_archive_number_met_again_is_the_same_document_and_an_aktenzeichen_is_the_next() -> None:
    archive, akte = reading(sticker("ARCHIV-1")), reading(sticker("63.10-1/2025"))
    assert pages_of(apart(archive, archive, stickers=STICKERS.model_dump())) == [[1, 2]]
    assert pages_of(apart(akte, akte, stickers=STICKERS.model_dump())) == [[1], [2]]


def test_a_patch_code_that_does_not_part_is_told() -> None:
    (document,) = apart(PAPER, reading(Code("Patch2", "2", CodeMeaning.NONE)), PAPER).documents
    assert codes_of(document) == ["patch_code_not_heeded"]


def test_the_same_sticker_on_pages_that_follow_each_other_is_told() -> None:
    """On first pages only, or on every page of a document: a person must see which."""
    one, two = reading(sticker("63.10-1/2025")), reading(sticker("63.10-2/2025"))
    alike = apart(one, one, one, two, PAPER, two, stickers=STICKERS.model_dump())
    assert pages_of(alike) == [[1], [2], [3], [4, 5], [6]]
    assert [codes_of(document) for document in alike.documents] == [["sticker_repeated"]] * 3 + [[], []]


def test_different_stickers_in_one_document_are_told() -> None:
    keep = {**STICKERS.model_dump(), "starts_document": False}
    one, two = reading(sticker("63.10-1/2025")), reading(sticker("63.10-2/2025"))
    (document,) = apart(one, two, stickers=keep).documents
    assert codes_of(document) == ["stickers_differ"]
    (same,) = apart(one, one, reading(sticker("ARCHIV-1")), stickers=keep).documents
    assert codes_of(same) == []
    assert len(same.index) == 2


def test_every_so_many_pages_blank_ones_count() -> None:
    assert pages_of(apart(PAPER, BLANK, PAPER, PAPER, PAPER, every_pages=2)) == [[1], [3, 4], [5]]
    assert pages_of(apart(PAPER, SHEET, PAPER, PAPER, BLANK, BLANK, every_pages=2)) == [[1], [3, 4]]


def test_pages_that_do_not_come_out_even_are_told_of_all_documents_of_their_part() -> None:
    """One page too few or too many shifts every document behind it."""
    uneven = apart(PAPER, PAPER, PAPER, SHEET, PAPER, BLANK, PAPER, PAPER, every_pages=2)
    assert [codes_of(document) for document in uneven.documents] == [["pages_left_over"]] * 2 + [[], []]


def test_blank_pages_may_part_documents() -> None:
    separation = apart(BLANK, PAPER, PAPER, BLANK, BLANK, PAPER, DOUBTFUL, blank_separates=True)
    assert pages_of(separation) == [[2, 3], [6, 7]]
    assert [aside.why for aside in separation.set_aside] == ["blank"] * 3


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("PATCHT", True),
        ("PATCH T", True),
        ("PATCHT PATCHT", True),
        ("PATCH2", False),
        ("PATCHT Brief", False),
    ],
)
def test_the_name_of_a_patch_code_alone_on_a_page(text: str, parts: bool) -> None:
    separation = apart(PAPER, reading(text=text), PAPER, patch_text=True)
    assert pages_of(separation) == ([[1], [3]] if parts else [[1, 2, 3]])
    assert pages_of(apart(PAPER, reading(text=text), PAPER)) == [[1, 2, 3]]


def test_all_files_of_a_subfolder_are_one() -> None:
    names = ["1.tif", "2.tif", "a/1.tif", "a/2.tif", "b/1.tif"]
    pages = [page for name in names for page in stack(PAPER, source=name)]
    separation = separate_pages(pages, SeparationSettings(one_per_folder=True))
    found = [[page.ref.source for page in document.pages] for document in separation.documents]
    assert found == [["1.tif"], ["2.tif"], ["a/1.tif", "a/2.tif"], ["b/1.tif"]]


KINDS = {
    "t": PAPER,
    "b": BLANK,
    "d": DOUBTFUL,
    "s": SHEET,
    "A": A,
    "B": B,
    "x": reading(Code("QRCode", "DS1|D|", CodeMeaning.COVER)),
    "1": reading(sticker("63.10-1/2025")),
    "2": reading(sticker("ARCHIV-2")),
}
RULES = st.builds(
    SeparationSettings,
    every_pages=st.none() | st.integers(1, 4),
    blank_separates=st.booleans(),
    set_aside_blank=st.booleans(),
    one_file_per_page=st.booleans(),
    one_per_folder=st.booleans(),
    cover_sheets=st.booleans(),
    stickers=st.just(STICKERS) | st.just(StickerSettings()),
)
FILES = st.lists(st.tuples(st.sampled_from(["", "a/", "b/"]), st.text("tbdsABx12", max_size=9)), max_size=5)


@settings(max_examples=300)
@given(FILES, RULES)
def test_no_page_is_lost_no_document_is_empty_and_no_sheet_speaks_over_its_part(
    files: list[tuple[str, str]], rules: SeparationSettings
) -> None:
    pages = [
        page
        for number, (folder, kinds) in enumerate(files)
        for page in stack(*(KINDS[kind] for kind in kinds), source=f"{folder}{number}.pdf")
    ]
    separation = separate_pages(pages, rules, in_plan)
    check_complete([page.ref for page in pages], separation)
    position = {page.ref: place for place, page in enumerate(pages)}
    seen = [position[page.ref] for document in separation.documents for page in document.pages]
    assert seen == sorted(seen)
    for document in separation.documents:
        assert document.pages
        for voice in document.index:
            if voice.origin == "cover":
                assert _last_sheet_before(pages, position[document.pages[0].ref]) == voice.shown
            else:
                texts = {code.text for page in document.pages for code in page.reading.codes}
                assert {"63.10-0001/2025": "63.10-1/2025", "2": "ARCHIV-2"}[voice.shown] in texts


def _last_sheet_before(pages: list[ReadPage], place: int) -> str | None:
    """The id of the cover sheet that is the last sheet of any kind before a page."""
    for page in reversed(pages[:place]):
        meanings = {code.meaning for code in page.reading.codes}
        if CodeMeaning.COVER in meanings:
            text = next(code.text for code in page.reading.codes if code.meaning is CodeMeaning.COVER)
            return text.split("|")[2]
        if CodeMeaning.SEPARATOR in meanings:
            return None
    return None


@given(st.text("tbAB", max_size=10))
def test_every_cover_sheet_is_heard_or_told(kinds: str) -> None:
    separation = apart(*(KINDS[kind] for kind in kinds))
    told = {voice.shown for document in separation.documents for voice in document.index}
    doubted = any("cover_without_pages" in codes_of(document) for document in separation.documents)
    for kind, name in (("A", "AAAA"), ("B", "BBBB")):
        assert kind not in kinds or name in told or doubted
