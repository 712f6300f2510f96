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
from dipro_scan.pdf.text_layer import text_operators, whole_words

from ..pages_by_hand import line_of

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
    assert page.get_text_range().split() == ["Längsgeschrieben"]
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


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
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
    made = [line_of(row) for row in [*lines, line] if row]
    text = PageText((Block(tuple(made), Box(0, 0, 210, 297)),))
    path = write(PageGeometry(210, 297), text)
    assert words_by_pdfium(path) == words_of(text)
    assert words_by_pdfminer(path) == words_of(text)


def line_on(baseline: tuple[float, float, float, float], *words: tuple[str, Box]) -> Line:
    found = tuple(Word(text, box, 0.9) for text, box in words)
    return Line(found, Box.around([word.box for word in found]), baseline)


def page_text(*lines: Line) -> PageText:
    return PageText((Block.of(lines),))


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            (
                line_on(
                    (149.6, 210.3, 171.7, 210.3),
                    ("00T", Box(149.61, 208.91, 163.24, 210.35)),
                    ("=", Box(166.88, 208.58, 168.49, 211.20)),
                    ("i", Box(167.22, 208.91, 171.70, 210.35)),
                ),
            ),
            id="a sign within the next word's box",
        ),
        pytest.param(
            (
                line_on(
                    (20, 40, 60, 40),
                    ("b", Box(50, 37, 60, 40)),
                    ("a", Box(40, 37, 50.5, 40)),
                    ("c", Box(40, 37, 45, 40)),
                ),
            ),
            id="words out of order or beginning together",
        ),
        pytest.param(
            (
                line_on(
                    (70.6, 100.4, 117.8, 100.4),
                    ("18", Box(96.27, 97.62, 99.14, 100.41)),
                    ("13,87", Box(109.90, 97.54, 117.77, 100.84)),
                ),
                line_on((80.7, 114.8, 132.2, 114.9), ("INN.", Box(80.69, 95.67, 141.56, 117.69))),
                line_on((91.1, 135.3, 93.6, 135.3), ("|", Box(91.14, 122.00, 93.94, 138.51))),
                line_on((70.4, 120.9, 77.8, 120.8), ("A", Box(69.64, 113.96, 79.46, 120.99))),
                line_on((87.8, 224.5, 88.2, 224.5), ("i", Box(87.76, 223.65, 88.18, 224.49))),
                line_on((85.6, 228.1, 87.8, 228.1), ("V", Box(85.64, 223.14, 87.76, 228.13))),
            ),
            id="lines beside each other",
        ),
        pytest.param(
            (
                line_on((70.3, 86.7, 70.4, 95.0), ("“srs", Box(68.5, 86.7, 71.37, 95.0))),
                line_on((73.4, 111.3, 73.4, 109.4), ("re", Box(71.8, 109.39, 73.49, 111.34))),
                line_on(
                    (27.7, 143.4, 27.8, 167.5),
                    ("Blo!)", Box(26.04, 143.43, 27.9, 167.47)),
                    ("NN]", Box(25.7, 147.74, 28.74, 153.33)),
                ),
                line_on(
                    (100, 200, 140, 175),
                    ("steil", Box(100, 185, 116, 203)),
                    ("hinauf", Box(120, 175, 140, 190)),
                ),
                line_on((190, 60, 150, 60), ("kopf", Box(172, 60, 190, 64)), ("über", Box(150, 60, 170, 64))),
            ),
            id="lines up, down, steep and upside down",
        ),
    ],
)
def test_both_readers_find_the_words_of_odd_lines(
    lines: tuple[Line, ...], write: Callable[[PageGeometry, PageText], Path]
) -> None:
    text = page_text(*lines)
    path = write(PageGeometry(210, 297), text)
    assert Counter(words_by_pdfium(path)) == Counter(words_of(text))
    assert Counter(words_by_pdfminer(path)) == Counter(words_of(text))
    assert check_pdfa(path) == ()


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(
    words=st.lists(
        st.tuples(
            st.text("abcdefgijlmnäöüßAIJ§€1.,", min_size=1, max_size=9),
            st.integers(0, 9),
            st.integers(0, 11),
            st.floats(2, 15),
            st.floats(2, 15),
        ),
        max_size=40,
        unique_by=lambda word: word[1:3],
    ),
    direction=st.sampled_from([(0, 0, 1, 0), (1, 0, 0, 0), (0, 0, 0, 1), (0, 1, 0, 0), (0, 1, 1, 0)]),
)
def test_words_in_any_direction_stay_whole_and_apart(
    write: Callable[[PageGeometry, PageText], Path],
    words: list[tuple[str, int, int, float, float]],
    direction: tuple[int, int, int, int],
) -> None:
    """One direction a page: of words in several directions beside each other PDFium makes one at times."""
    x0, y0, x1, y1 = direction
    lines = []
    for text, column, row, width, height in words:
        box = Box(10 + 18 * column, 10 + 20 * row, 10 + 18 * column + width, 10 + 20 * row + height)
        baseline = (box.x0 + x0 * width, box.y0 + y0 * height, box.x0 + x1 * width, box.y0 + y1 * height)
        lines.append(line_on(baseline, (text, box)))
    text = page_text(*lines) if lines else PageText()
    path = write(PageGeometry(210, 297), text)
    assert Counter(words_by_pdfium(path)) == Counter(words_of(text))
    assert Counter(words_by_pdfminer(path)) == Counter(words_of(text))


def test_words_that_find_no_code_for_themselves_are_written_letter_by_letter() -> None:
    text = page_text(line_on((70.3, 80, 70.4, 95), ("wort", Box(68, 80, 71, 95))))
    frame = PageFrame.around(PageGeometry(210, 297))
    letters = [cluster for word in text.words() for cluster in clusters(word.text)]
    assert list(whole_words(text)) == ["wort"]
    assert b"<0005000200030004> Tj" in text_operators(text, frame, Alphabet(letters), "F0")
    assert b"<0006> Tj" in text_operators(text, frame, Alphabet(letters, ["wort"]), "F0")


def test_words_on_level_lines_keep_their_letters(letter: Any) -> None:
    assert list(whole_words(letter.text)) == []


def test_a_whole_word_longer_than_a_code_may_say_is_written_letter_by_letter() -> None:
    box = Box(68, 10, 71, 280)
    assert list(whole_words(page_text(line_on((70, 10, 70, 280), ("m" * 256, box))))) == ["m" * 256]
    assert list(whole_words(page_text(line_on((70, 10, 70, 280), ("m" * 257, box))))) == []


def test_a_font_full_of_characters_has_no_codes_left_for_words() -> None:
    characters = [chr(code) for code in range(0x21, 0x21 + 0xD000)] + [
        chr(code) for code in range(0x10000, 0x10000 + 0xFFFF - 0xD000 - 2)
    ]
    alphabet = Alphabet(characters, ["ab", "cd"])
    assert "ab" in alphabet
    assert "cd" not in alphabet


@pytest.mark.parametrize(
    ("sign", "low", "high"), [("·", 1.0, 1.5), ("-", 0.9, 1.2), ("–", 0.9, 1.2), ("•", 0.7, 1.6)]
)
def test_a_dash_or_dot_between_words_is_marked_at_half_height(
    sign: str, low: float, high: float, write: Callable[[PageGeometry, PageText], Path]
) -> None:
    """Print of 11 points on a baseline 100 mm down; the sign's ink lies from `low` to `high` mm above it."""
    words = [
        Word("Haus", Box(30, 97.2, 40, 100), 0.9),
        Word(sign, Box(42, 100 - high, 43.5, 100 - low), 0.9),
        Word("Markt", Box(46, 97.2, 58, 100), 0.9),
    ]
    path = write(PageGeometry(210, 297), PageText((Block.of([line_of(words, 100.0)]),)))
    with pypdfium2.PdfDocument(path) as document:
        page = document[0].get_textpage()
        at = page.get_text_range().index(sign if sign != "-" else " ") + (sign == "-")
        _left, bottom, _right, top = page.get_charbox(at)
    assert (297 - 100 + low) * POINTS_PER_MM == pytest.approx(bottom, abs=0.5 * POINTS_PER_MM)
    assert (297 - 100 + high) * POINTS_PER_MM == pytest.approx(top, abs=0.5 * POINTS_PER_MM)
