"""Where documents end, what is set aside, and that no page is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import (
    BalanceBroken,
    BlankVerdict,
    Code,
    CodeMeaning,
    Document,
    ExitCode,
    PageRef,
    ReadPage,
    Separation,
    SetAside,
)
from dipro_scan.separate import check_complete, document_id, separate_pages
from dipro_scan.settings import SeparationSettings

from ..pages_by_hand import read_page

SETTINGS = SeparationSettings()
ONE_FILE_PER_PAGE = SeparationSettings(one_file_per_page=True)
KEEP_BLANK = SeparationSettings(set_aside_blank=False)


def page(kind: str, number: int, source: str = "stapel.pdf") -> ReadPage:
    """t: text, b: blank, d: doubtful, s: separator, q: QR of no meaning, f: failed though called blank."""
    meanings = {"s": CodeMeaning.SEPARATOR, "q": CodeMeaning.NONE}
    verdicts = {"b": BlankVerdict.BLANK, "f": BlankVerdict.BLANK, "d": BlankVerdict.DOUBTFUL}
    return read_page(
        source,
        number,
        blank=verdicts.get(kind, BlankVerdict.NOT_BLANK),
        codes=(Code("QRCode", "x", meanings[kind]),) if kind in meanings else (),
        failed="broken" if kind == "f" else None,
    )


def batch(*files: str) -> list[ReadPage]:
    """`batch("tts", "t")` is a file of three pages and one of one."""
    return [
        page(kind, number, f"{index}.pdf")
        for index, kinds in enumerate(files)
        for number, kind in enumerate(kinds, start=1)
    ]


def shape(separation: Separation) -> tuple[list[str], list[str]]:
    """Documents as `0:1,0:2` (file and page), set aside pages as `0:3 blank`."""

    def name(item: ReadPage) -> str:
        return f"{item.ref.source.removesuffix('.pdf')}:{item.ref.source_page}"

    documents = [",".join(name(item) for item in document.pages) for document in separation.documents]
    return documents, [f"{name(aside.page)} {aside.why}" for aside in separation.set_aside]


@pytest.mark.parametrize(
    ("files", "documents", "aside"),
    [
        (["tt"], ["0:1,0:2"], []),
        (["tst"], ["0:1", "0:3"], ["0:2 separator"]),
        (["tsbt"], ["0:1", "0:4"], ["0:2 separator", "0:3 separator"]),
        (["tsbbt"], ["0:1", "0:5"], ["0:2 separator", "0:3 separator", "0:4 blank"]),
        (["sst"], ["0:3"], ["0:1 separator", "0:2 separator"]),
        (["tsbsbt"], ["0:1", "0:6"], [f"0:{n} separator" for n in (2, 3, 4, 5)]),
        (["ts"], ["0:1"], ["0:2 separator"]),
        (["tbt"], ["0:1,0:3"], ["0:2 blank"]),
        (["tdt"], ["0:1,0:2,0:3"], []),
        (["tsdt"], ["0:1", "0:3,0:4"], ["0:2 separator"]),
        (["tqt"], ["0:1,0:2,0:3"], []),
        (["tft"], ["0:1,0:2,0:3"], []),
        (["bb"], [], ["0:1 blank", "0:2 blank"]),
        (["sbb", "t"], ["1:1"], ["0:1 separator", "0:2 separator", "0:3 blank"]),
        (["t", "t"], ["0:1", "1:1"], []),
        (["ts", "bt"], ["0:1", "1:2"], ["0:2 separator", "1:1 blank"]),
        ([], [], []),
    ],
)
def test_documents_and_what_is_set_aside(files: list[str], documents: list[str], aside: list[str]) -> None:
    assert shape(separate_pages(batch(*files), SETTINGS)) == (documents, aside)


@pytest.mark.parametrize(
    ("files", "documents", "aside"),
    [
        (["t", "t", "t"], ["0:1,1:1,2:1"], []),
        (["t", "s", "b", "t"], ["0:1", "3:1"], ["1:1 separator", "2:1 separator"]),
        (["t", "b", "t"], ["0:1,2:1"], ["1:1 blank"]),
    ],
)
def test_one_file_per_page(files: list[str], documents: list[str], aside: list[str]) -> None:
    assert shape(separate_pages(batch(*files), ONE_FILE_PER_PAGE)) == (documents, aside)


def test_blank_pages_stay_where_the_pipeline_keeps_them() -> None:
    separation = separate_pages(batch("tbsbbt"), KEEP_BLANK)
    assert shape(separation) == (["0:1,0:2", "0:5,0:6"], ["0:3 separator", "0:4 separator"])


def test_the_back_of_a_separator_is_the_next_page_and_no_later_one() -> None:
    pages = [page("s", 1), page("b", 3)]  # page 2 was taken out by someone else
    assert [aside.why for aside in separate_pages(pages, SETTINGS).set_aside] == ["separator", "blank"]


def test_reasons_say_what_ended_and_began_a_document() -> None:
    first, second = separate_pages(batch("tbst"), SETTINGS).documents
    assert [reason.code for reason in first.why] == ["blank_set_aside", "separator_sheet"]
    assert first.why[0].text == "1 blank page was set aside."
    assert first.why[1].text == "Page 3 of 0.pdf is a separator sheet."
    assert [reason.code for reason in second.why] == ["separator_sheet", "file_boundary"]
    assert second.why[1].text == "After page 4 the file 0.pdf ends."


def test_the_next_file_does_not_begin_after_the_last_files_separator() -> None:
    _first, second = separate_pages(batch("ts", "t"), SETTINGS).documents
    assert [reason.code for reason in second.why] == ["file_boundary"]


def test_ids_follow_content_and_order_alone() -> None:
    one, two = page("t", 1), page("t", 2)
    elsewhere = ReadPage(PageRef("f" * 64, "anderer.tif", 9), one.reading, Path("other"))
    assert document_id([one, two]) == document_id([elsewhere, two])
    assert document_id([one, two]) != document_id([two, one])
    assert document_id([one]) != document_id([one, one])
    assert len(document_id([one])) == 32
    assert int(document_id([one]), 16) >= 0


def test_the_id_of_a_known_document_never_changes() -> None:
    # Ids stand in journals and paths of years ago: a change here would file everything a second time.
    assert document_id([page("t", 1, "a"), page("t", 2, "a")]) == "ee7070c17709dad939e26a10aa6e816a"


def test_no_pages_have_no_id() -> None:
    with pytest.raises(ValueError, match="at least one page"):
        document_id([])


def test_equal_documents_have_equal_ids_and_both_come_out() -> None:
    one, two = page("t", 1), page("s", 2)
    again = ReadPage(PageRef("f" * 64, "b.pdf", 1), one.reading, Path("stream"))
    documents = separate_pages([one, two, again], SETTINGS).documents
    assert len(documents) == 2
    assert documents[0].id == documents[1].id


FILES = st.lists(st.text("tbdsqf", max_size=8), max_size=6)
ANY_SETTINGS = st.builds(SeparationSettings, set_aside_blank=st.booleans(), one_file_per_page=st.booleans())


@given(FILES, ANY_SETTINGS)
def test_every_page_comes_out_once_and_in_order(files: list[str], settings: SeparationSettings) -> None:
    pages = batch(*files)
    separation = separate_pages(pages, settings)
    check_complete([item.ref for item in pages], separation)
    position = {item.ref: index for index, item in enumerate(pages)}
    filed = [position[item.ref] for document in separation.documents for item in document.pages]
    assert filed == sorted(filed)
    assert all(document.pages for document in separation.documents)
    assert not any(item.reading.is_separator for document in separation.documents for item in document.pages)
    assert all(
        aside.page.reading.blank is BlankVerdict.BLANK or aside.page.reading.is_separator
        for aside in separation.set_aside
    )
    if not settings.one_file_per_page:
        for document in separation.documents:
            assert len({item.ref.source for item in document.pages}) == 1


@given(FILES, st.data())
def test_a_lost_a_doubled_and_a_foreign_page_are_noticed(files: list[str], data: st.DataObject) -> None:
    pages = batch(*files)
    refs = [item.ref for item in pages]
    separation = separate_pages(pages, SETTINGS)
    stranger = SetAside(page("t", 99, "fremd.pdf"), "blank")
    with pytest.raises(BalanceBroken, match=r"Page 99 of fremd\.pdf was never scanned"):
        check_complete(refs, Separation(separation.documents, (*separation.set_aside, stranger)))
    if not pages:
        return
    chosen = data.draw(st.sampled_from(pages))
    with pytest.raises(BalanceBroken, match="is there twice"):
        check_complete(
            refs, Separation(separation.documents, (*separation.set_aside, SetAside(chosen, "blank")))
        )
    fewer = Separation(
        tuple(
            Document(item.id, tuple(p for p in item.pages if p.ref != chosen.ref))
            for item in separation.documents
        ),
        tuple(aside for aside in separation.set_aside if aside.page.ref != chosen.ref),
    )
    with pytest.raises(BalanceBroken, match=r"is in no document") as caught:
        check_complete(refs, fewer)
    assert caught.value.exit_code is ExitCode.BALANCE
