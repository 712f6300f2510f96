from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdfminer.high_level import extract_text

from dipro_scan.model import Block, Box, ImageStream, Line, PageGeometry, PageText, Word
from dipro_scan.pdf import PdfJob, PdfPage, check_pdfa, write_pdf
from dipro_scan.pdf.alphabet import REPLACEMENT, Alphabet, clusters
from dipro_scan.pdf.placement import PageFrame
from dipro_scan.pdf.text_layer import text_operators

POINTS_PER_MM = 72 / 25.4
GEOMETRIES = [
    PageGeometry(210, 297),
    PageGeometry(210, 297, rotation=90),
    PageGeometry(210, 297, rotation=180),
    PageGeometry(210, 297, rotation=270),
    PageGeometry(210, 297, orientation=2),
    PageGeometry(210, 297, orientation=5, rotation=90),
    PageGeometry(210, 297, skew_degrees=5.0),
    PageGeometry(210, 297, skew_degrees=-5.0),
]
# PDFium gives a hyphen at the end of a line as U+FFFE or U+0002: its mark for a word broken in two.
BROKEN_WORD = re.compile("[\ufffe\x02]")


def words_by_pdfium(path: Path, page: int = 0) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    text = document[page].get_textpage().get_text_range()
    document.close()
    return BROKEN_WORD.sub("-\n", text).split()


def words_by_pdfminer(path: Path) -> list[str]:
    return extract_text(str(path)).split()


def words_of(text: PageText) -> list[str]:
    return [word.text for word in text.words()]


@pytest.fixture
def write(
    tmp_path: Path,
    make_job: Callable[..., PdfJob],
    make_page: Callable[..., PdfPage],
    letter_stream: ImageStream,
) -> Callable[[PageGeometry, PageText], Path]:
    def write_one(geometry: PageGeometry, text: PageText) -> Path:
        target = tmp_path / "letter.pdf"
        write_pdf(make_job(make_page(letter_stream, geometry, text)), target)
        return target

    return write_one


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_both_readers_find_the_same_words_in_the_same_order(
    geometry: PageGeometry, letter: Any, write: Callable[[PageGeometry, PageText], Path]
) -> None:
    path = write(geometry, letter.text)
    expected = words_of(letter.text)
    assert words_by_pdfium(path) == expected
    assert words_by_pdfminer(path) == expected
    assert check_pdfa(path) == ()


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_a_searched_word_is_marked_where_it_stands(
    geometry: PageGeometry, letter: Any, write: Callable[[PageGeometry, PageText], Path]
) -> None:
    path = write(geometry, letter.text)
    frame = PageFrame.around(geometry)
    document = pypdfium2.PdfDocument(path)
    page = document[0].get_textpage()
    for wanted in (
        "Müller,",
        "Straßenverkehrsbehörde",
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "Fax",
        "Rand",
    ):
        box = next(word.box for word in letter.text.words() if word.text == wanted)
        first, count = page.search(wanted, match_case=True).get_next()
        edges = [page.get_charbox(index) for index in range(first, first + count)]
        left, bottom = min(edge[0] for edge in edges), min(edge[1] for edge in edges)
        right, top = max(edge[2] for edge in edges), max(edge[3] for edge in edges)
        expected_left, expected_top = frame.point(box.x0, box.y0)
        expected_right, expected_bottom = frame.point(box.x1, box.y1)
        assert left == pytest.approx(expected_left, abs=0.2 * POINTS_PER_MM)
        assert right == pytest.approx(expected_right, abs=0.2 * POINTS_PER_MM)
        assert top == pytest.approx(expected_top, abs=0.8 * POINTS_PER_MM)
        assert bottom == pytest.approx(expected_bottom, abs=0.8 * POINTS_PER_MM)
    document.close()


def test_a_sloping_line_keeps_its_words_on_their_ink(
    write: Callable[[PageGeometry, PageText], Path],
) -> None:
    """Each word a little lower than the one before, as on a page whose straightening was not perfect."""
    words = [
        Word(f"Wort{i}", Box(20 + 25 * i, 50 + 0.9 * i, 40 + 25 * i, 54 + 0.9 * i), 0.9) for i in range(6)
    ]
    box = Box.around([word.box for word in words])
    line = Line(tuple(words), box, (20.0, 54.0, 165.0, 54.0 + 0.9 * 145 / 25))
    path = write(PageGeometry(210, 297), PageText((Block((line,), box),)))
    assert words_by_pdfium(path) == [word.text for word in words]
    document = pypdfium2.PdfDocument(path)
    page = document[0].get_textpage()
    first, _count = page.search("Wort5").get_next()
    left, bottom, _right, _top = page.get_charbox(first)
    assert left == pytest.approx(145 * POINTS_PER_MM, abs=1)
    assert 842 - bottom == pytest.approx((54 + 0.9 * 5) * POINTS_PER_MM, abs=2)


@pytest.mark.parametrize(
    ("baseline", "box"),
    [
        ((30.0, 200.0, 30.0, 100.0), Box(26.0, 100.0, 31.0, 200.0)),
        ((30.0, 100.0, 30.0, 200.0), Box(29.0, 100.0, 34.0, 200.0)),
        ((120.0, 100.0, 20.0, 100.0), Box(20.0, 99.0, 120.0, 104.0)),
    ],
)
def test_lines_that_run_up_down_or_backwards_are_marked_where_they_stand(
    baseline: tuple[float, float, float, float], box: Box, write: Callable[[PageGeometry, PageText], Path]
) -> None:
    line = Line((Word("Längsgeschrieben", box, 0.9),), box, baseline)
    path = write(PageGeometry(210, 297), PageText((Block((line,), box),)))
    document = pypdfium2.PdfDocument(path)
    page = document[0].get_textpage()
    assert page.get_text_range() == "Längsgeschrieben"
    edges = [page.get_charbox(index) for index in range(page.count_chars())]
    height = 297 * POINTS_PER_MM
    assert min(edge[0] for edge in edges) == pytest.approx(box.x0 * POINTS_PER_MM, abs=4)
    assert max(edge[2] for edge in edges) == pytest.approx(box.x1 * POINTS_PER_MM, abs=4)
    assert height - max(edge[3] for edge in edges) == pytest.approx(box.y0 * POINTS_PER_MM, abs=4)
    assert height - min(edge[1] for edge in edges) == pytest.approx(box.y1 * POINTS_PER_MM, abs=4)


def test_boxes_without_width_and_words_that_overlap_are_kept(
    write: Callable[[PageGeometry, PageText], Path],
) -> None:
    words = (
        Word("eins", Box(20, 20, 20, 24), 0.5),
        Word("zwei", Box(30, 20, 50, 24), 0.5),
        Word("drei", Box(45, 20, 60, 24), 0.5),
        Word("vier", Box(61, 24, 70, 24), 0.5),
    )
    box = Box.around([word.box for word in words])
    text = PageText((Block((Line(words, box, (20, 24, 20, 24)),), box),))
    path = write(PageGeometry(210, 297), text)
    assert Counter(words_by_pdfium(path)) == Counter(words_of(text))
    assert check_pdfa(path) == ()


def test_a_page_without_words_has_no_text_object(write: Callable[[PageGeometry, PageText], Path]) -> None:
    path = write(PageGeometry(210, 297), PageText())
    assert b"/Font" not in path.read_bytes()
    assert words_by_pdfium(path) == []
    assert check_pdfa(path) == ()


def test_the_text_is_invisible(letter: Any) -> None:
    operators = text_operators(
        letter.text,
        PageFrame.around(PageGeometry(210, 297)),
        Alphabet(cluster for word in letter.text.words() for cluster in clusters(word.text)),
        "F0",
    )
    assert operators.startswith(b"BT\n3 Tr\n")
    assert operators.count(b" Tr") == 1


def test_what_no_archive_may_hold_is_dropped_or_replaced() -> None:
    assert clusters("a\u0000b\ufeffc") == ("a", "b", "c")
    assert clusters("\ue000x\ud800\ufffe") == (REPLACEMENT, "x", REPLACEMENT, REPLACEMENT)
    assert clusters("x\u0302y") == ("x\u0302", "y")
    assert clusters("\u0302y") == ("\u0302", "y")
    assert clusters("Ab\u00ad\u200bs") == ("A", "b", "\u00ad", "s")


def test_characters_beyond_the_basic_plane_and_combined_ones_come_back(
    write: Callable[[PageGeometry, PageText], Path],
) -> None:
    wanted = ["𝔄bc", "x̂yẑ", "€§ß", "Ω≈ç√", "日本語", "Ꝛc"]
    words = tuple(Word(text, Box(20 + 25 * i, 20, 40 + 25 * i, 24), 0.9) for i, text in enumerate(wanted))
    box = Box.around([word.box for word in words])
    path = write(PageGeometry(210, 297), PageText((Block((Line(words, box, (20, 24, 165, 24)),), box),)))
    assert words_by_pdfminer(path) == wanted
    assert words_by_pdfium(path) == wanted
    assert check_pdfa(path) == ()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    found=st.lists(
        st.tuples(
            st.text(max_size=12), st.floats(0, 200), st.floats(0, 290), st.floats(0, 60), st.floats(0, 8)
        ),
        max_size=12,
    ),
    skew=st.floats(-15, 15),
)
def test_whatever_an_engine_reads_the_file_stays_pdfa(
    write: Callable[[PageGeometry, PageText], Path],
    found: list[tuple[str, float, float, float, float]],
    skew: float,
) -> None:
    lines = []
    for text, x, y, width, height in found:
        box = Box(x, y, x + width, y + height)
        lines.append(Line((Word(text, box, 0.1),), box, (x, y + height, x + width, y + height / 2)))
    blocks = (Block(tuple(lines), Box(0, 0, 210, 297)),) if lines else ()
    path = write(PageGeometry(210, 297, skew_degrees=skew), PageText(blocks))
    assert check_pdfa(path) == ()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    words=st.lists(
        st.tuples(
            st.text("abcdefgijlmnäöüßAIJ§€1.,", min_size=1, max_size=9),
            st.floats(0.6, 2.2),
            st.floats(-0.4, 1.2),
            st.floats(1.8, 3.0),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_words_whose_boxes_touch_or_overlap_stay_apart(
    write: Callable[[PageGeometry, PageText], Path], words: list[tuple[str, float, float, float]]
) -> None:
    lines, line, x, y = [], [], 20.0, 20.0
    for text, width, gap, height in words:
        line.append(Word(text, Box(x, y - height, x + width * len(text), y), 0.9))
        x += width * len(text) + gap
        if x > 180:
            lines.append(line)
            line, x, y = [], 20.0, y + 8.0
    made = [
        Line(tuple(row), (box := Box.around([w.box for w in row])), (box.x0, box.y1, box.x1, box.y1))
        for row in [*lines, line]
        if row
    ]
    text = PageText((Block(tuple(made), Box(0, 0, 210, 297)),))
    path = write(PageGeometry(210, 297), text)
    assert words_by_pdfium(path) == words_of(text)
    assert words_by_pdfminer(path) == words_of(text)
