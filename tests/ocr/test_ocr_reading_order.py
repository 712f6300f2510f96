"""Drawn layouts, as an engine reports them: joined across the page, and in the order a person reads them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import Block, Box, Line, PageText, Word
from dipro_scan.ocr.reading_order import in_reading_order

from ..pages_by_hand import line_of, text_of

MM_PER_POINT = 25.4 / 72
TALL, DEEP, SLIM = "bdfhkltßäöüÄÖÜ", "gjpqy", "ijlft1.,:"

Placed = tuple[float, float, float, str]
"""Left edge and baseline in mm, size in points, words."""


def words_at(left: float, base: float, points: float, text: str) -> list[Word]:
    em = points * MM_PER_POINT
    words, x = [], left
    for part in text.split():
        tall = any(letter in TALL or letter.isupper() or letter.isdigit() for letter in part)
        deep = 0.21 * em if any(letter in DEEP for letter in part) else 0.0
        width = sum(0.28 if letter in SLIM else 0.65 if letter.isupper() else 0.5 for letter in part) * em
        words.append(Word(part, Box(x, base - (0.71 if tall else 0.49) * em, x + width, base + deep), 0.95))
        x += width + 0.25 * em
    return words


def seen(*placed: Placed) -> PageText:
    """One block of lines, in each what stands within a millimetre of one height: as an engine joins it."""
    lines: list[tuple[float, list[Word]]] = []
    for left, base, points, text in sorted(placed, key=lambda each: each[1]):
        if not lines or base - lines[-1][0] > 1.0:
            lines.append((base, []))
        lines[-1][1].extend(words_at(left, base, points, text))
    made = (line_of(sorted(words, key=lambda word: word.box.x0), base) for base, words in lines)
    return PageText((Block.of(made),))


def column(left: float, base: float, pitch: float, points: float, *texts: str) -> list[Placed]:
    return [(left, base + row * pitch, points, text) for row, text in enumerate(texts)]


def read(*placed: Placed) -> list[str]:
    return " ".join(word.text for word in in_reading_order(seen(*placed)).words()).split()


def said(*placed: Placed) -> list[str]:
    """The words in the order in which they were placed."""
    return " ".join(text for _, _, _, text in placed).split()


ADDRESS = column(25, 63, 4.9, 11, "Herrn", "Anton Beispiel", "Lindenstraße 5", "54321 Irgendwo")
SENDER = (25.0, 56.8, 7.5, "Gemeinde Irgendwo, Markt 1, 54321 Irgendwo")
REFERENCES = [
    *[(125.0, 52.0, 8.5, "Aktenzeichen"), (152.0, 52.0, 8.5, "4711-2026")],
    *[(125.0, 56.0, 8.5, "Auskunft"), (152.0, 56.0, 8.5, "Frau Muster")],
    *[(125.0, 60.0, 8.5, "Telefon"), (152.0, 60.0, 8.5, "0123 4567-89")],
    *[(125.0, 64.0, 8.5, "Datum"), (152.0, 64.0, 8.5, "05.06.2026")],
]
BODY = column(25, 112, 4.8, 11, *["hier steht der Text des Schreibens, der über die ganze Breite geht"] * 4)


def test_the_address_is_read_before_the_references_beside_it_and_each_of_these_across() -> None:
    letter = [SENDER, *ADDRESS, *REFERENCES, (25.0, 103.0, 11.0, "Betreff des Schreibens"), *BODY]
    assert read(*letter) == said(*letter)


def test_references_that_end_just_above_the_address_are_read_after_it() -> None:
    references = [(left, base - 19.0, points, text) for left, base, points, text in REFERENCES[:4]]
    letter = [SENDER, *ADDRESS, *references, *BODY]
    raised = [(left, base - 18.0, points, text) for left, base, points, text in [SENDER, *ADDRESS]]
    assert read(*raised, *references, *BODY) == said(*letter)


@pytest.mark.parametrize("rows", [2, 3, 4])
def test_a_footer_is_read_column_by_column(rows: int) -> None:
    foot = [
        *column(
            25, 270, 3.4, 7.5, *["Markt 1", "54321 Irgendwo", "Telefon 0123 4567-0", "Fax 0123 1"][:rows]
        ),
        *column(
            90, 270, 3.4, 7.5, *["Öffnungszeiten", "montags 8 bis 12", "freitags 8 bis 13", "und so"][:rows]
        ),
        *column(
            150, 270, 3.4, 7.5, *["Sparkasse Irgendwo", "IBAN DE12 3456 7890", "BIC IRGEND", "Wort"][:rows]
        ),
    ]
    assert read(*BODY, *foot) == said(*BODY, *foot)


@pytest.mark.parametrize("pitch", [4.6, 5.4, 8.0])
def test_a_table_is_read_row_by_row(pitch: float) -> None:
    rows = [("Pos.", "Leistung", "Menge", "Betrag")]
    rows += [
        (str(number), f"Lieferung von Teil {number}", f"{number} Stk.", f"{number}31,50")
        for number in range(1, 6)
    ]
    table = [
        (left, 130 + index * pitch, 10.0, text)
        for index, row in enumerate(rows)
        for left, text in zip((27, 38, 130, 170), row, strict=True)
    ]
    letter = [
        *BODY,
        *table,
        *column(25, 180, 4.8, 11, "Bitte zahlen Sie bis zum Monatsende auf das genannte Konto"),
    ]
    assert read(*letter) == said(*letter)


def test_sums_are_read_with_what_they_are_sums_of() -> None:
    names = ("Zwischensumme", "Umsatzsteuer", "Rechnungsbetrag")
    sums = [
        placed
        for row, name in enumerate(names)
        for placed in ((130.0, 150 + 4.4 * row, 10.0, name), (178.0, 150 + 4.4 * row, 10.0, f"1{row}9,68"))
    ]
    assert read(*BODY, *sums) == said(*BODY, *sums)


def test_two_columns_of_text_on_one_grid_are_read_one_after_the_other() -> None:
    words = ["und", "so", "läuft", "der", "Satz", "in", "seiner", "Spalte", "weiter"]
    left = column(20, 60, 4.2, 9, *[" ".join([f"links{row}", *words]) for row in range(14)])
    right = column(110, 60, 4.2, 9, *[" ".join([f"rechts{row}", *words]) for row in range(14)])
    title = (60.0, 40.0, 18.0, "Amtsblatt der Gemeinde")
    assert read(title, *left, *right) == said(title, *left, *right)


def test_columns_of_text_go_on_below_a_gap_in_all_of_them() -> None:
    words = ["und", "so", "läuft", "der", "Satz", "in", "seiner", "Spalte", "weiter"]

    def part(left: float, base: float, name: str) -> list[Placed]:
        return column(left, base, 4.2, 9, *[" ".join([f"{name}{row}", *words]) for row in range(6)])

    page = [*part(20, 60, "a"), *part(20, 92, "b"), *part(110, 60, "c"), *part(110, 92, "d")]
    assert read(*page) == said(*page)


def test_a_form_is_read_cell_by_cell() -> None:
    form = []
    for row, cells in enumerate(
        [
            [
                (21, "Familienname", "Beispiel"),
                (80, "Vornamen", "Anton"),
                (138, "Geburtsdatum", "01.02.1980"),
            ],
            [(21, "Anschrift", "Lindenstraße 5, 54321 Irgendwo"), (138, "Telefon", "0123 4567")],
            [
                (21, "Beruf", "Schreiner"),
                (80, "Familienstand", "ledig"),
                (138, "Staatsangehörigkeit", "deutsch"),
            ],
        ]
    ):
        for left, label, value in cells:
            form += [(left, 80 + 10 * row, 6.5, label), (left + 0.2, 86.9 + 10 * row, 10.0, value)]
    assert read(*form) == said(*form)


def test_a_cell_without_entry_is_read_in_its_place() -> None:
    form = [
        *[(21.0, 80.0, 6.5, "Familienname"), (21.0, 87.0, 10.0, "Beispiel")],
        (80.0, 80.0, 6.5, "Titel"),
        *[(138.0, 80.0, 6.5, "Geburtsdatum"), (138.0, 87.0, 10.0, "01.02.1980")],
    ]
    assert read(*form) == said(*form)


def test_boxes_for_ticks_are_read_in_rows() -> None:
    options = [
        (25.0 + 60 * place, 80 + 5.5 * row, 9.5, f"Möglichkeit {row}{place}")
        for row in range(3)
        for place in range(3)
    ]
    assert read(*options) == said(*options)


def test_the_labels_of_a_reference_line_are_read_before_its_entries() -> None:
    labels = [(25.0 + 50.8 * at, 82.4, 7.5, text) for at, text in enumerate(["Bestellung", "Kunde", "Datum"])]
    values = [
        (25.0 + 50.8 * at, 86.0, 10.0, text) for at, text in enumerate(["45797226", "679566", "05.06.2026"])
    ]
    assert read(*labels, *values, *BODY) == said(*labels, *values, *BODY)


def test_names_under_signatures_are_read_with_what_stands_under_them() -> None:
    first = column(25, 200, 4.1, 9, "Anna Beispiel", "Vorsitz")
    second = column(115, 200, 4.1, 9, "Bernd Muster", "Schriftführung")
    assert read(*BODY, *first, *second) == said(*BODY, *first, *second)


def test_the_head_of_a_form_is_read_before_the_box_beside_it() -> None:
    head = column(20, 17, 3.9, 9, "Stadt Irgendwo", "Ordnungsamt", "Markt 1, 54321 Irgendwo")
    title, under = (20.0, 33.0, 15.0, "Antrag auf eine Erlaubnis"), (20.0, 37.0, 8.5, "nach dem Gesetz")
    box = (137.0, 17.9, 6.5, "Eingangsvermerk der Behörde")
    part = (21.0, 60.0, 9.5, "Angaben zur Person")
    page = [*head, title, under, box, part]
    assert read(*page) == said(*page)


def test_close_cells_are_cells_where_there_are_two_rows_of_them() -> None:
    rows = [
        ("Familienname", "Beispiel"),
        ("Vornamen", "Anton"),
        ("Anschrift", "Lindenstraße 5"),
        ("Ort", "Irgendwo"),
    ]
    form = [
        placed
        for at, (label, value) in enumerate(rows)
        for placed in (
            (21.0 + 59 * (at % 2), 80 + 7.5 * (at // 2), 6.0, label),
            (21.2 + 59 * (at % 2), 84.2 + 7.5 * (at // 2), 10.0, value),
        )
    ]
    assert read(*form) == said(*form)


def test_what_is_wrapped_in_a_cell_of_a_table_is_read_in_the_cell() -> None:
    table: list[Placed] = []
    for row, (name, amount) in enumerate(
        [("Bürodrehstuhl", "131,50"), ("Schreibtisch", "231,50"), ("Lampe", "1,50")]
    ):
        base = 80.0 + 14 * row
        table += [(27, base, 10, str(row + 1)), *column(38, base, 4.4, 10, name, "in Farbe und bunt")]
        table += [(130, base, 10, "2 Stk."), (170, base, 10, amount)]
    assert read(*table) == said(*table)


def test_minutes_are_read_item_by_item() -> None:
    lines = (
        "Genehmigung der Niederschrift der letzten Sitzung des",
        "Ausschusses für Bauen und Verkehr vom Juni",
        "und mehr",
    )
    minutes = [
        placed
        for item in range(3)
        for placed in (
            (25.0, 60.0 + 22 * item, 10.5, f"TOP {item}"),
            *column(50, 60 + 22 * item, 4.6, 10.5, *lines),
        )
    ]
    assert read(*minutes) == said(*minutes)


def test_addresses_side_by_side_are_read_one_after_the_other() -> None:
    first = column(25, 150, 4.8, 10.5, "Gemeinde Irgendwo", "Markt 1", "54321 Irgendwo", "Auftraggeberin")
    second = column(
        110, 150, 4.8, 10.5, "Gartenbau Beispiel", "Lindenstraße 5", "54321 Irgendwo", "Auftragnehmer"
    )
    assert read(*BODY, *first, *second) == said(*BODY, *first, *second)


@pytest.mark.parametrize("labels", [("Name:", "Ort:", "Beruf:"), ("Name", "Ort", "Beruf")])
def test_labels_are_read_with_values_far_to_the_right(labels: tuple[str, ...]) -> None:
    facts = [
        placed
        for row, (label, value) in enumerate(
            zip(labels, ("Anton Beispiel", "Irgendwo", "Schreiner"), strict=True)
        )
        for placed in ((25.0, 150 + 4.8 * row, 11.0, label), (90.0, 150 + 4.8 * row, 11.0, value))
    ]
    page = [
        *BODY,
        *facts,
        *column(25, 180, 4.8, 11, *["noch ein Satz, der über die ganze Breite der Seite geht"] * 3),
    ]
    assert read(*page) == said(*page)


def test_the_head_of_a_letter_is_read_before_the_office_beside_it() -> None:
    head = [(25.0, 20.0, 20.0, "Gartenbau Beispiel"), (25.0, 26.0, 9.0, "Meisterbetrieb seit 1950")]
    office = column(
        150, 14, 3.6, 8, "Lindenstraße 5", "54321 Irgendwo", "Telefon 0123 456", "www.beispiel.example"
    )
    page = [*head, *office, SENDER, *ADDRESS, *BODY]
    assert read(*page) == said(*page)


def test_headings_are_read_with_the_columns_under_them() -> None:
    first = [
        (25.0, 100.0, 9.0, "Empfangsschein"),
        *column(25, 104.5, 3.9, 8, "Zahlbar an", "Anton Beispiel", "Irgendwo", "IBAN"),
    ]
    second = [
        (90.0, 100.0, 9.0, "Zahlteil"),
        *column(90, 106, 3.4, 7, "Zahlbar an", "Anton Beispiel", "Irgendwo", "IBAN"),
    ]
    assert read(*first, *second) == said(*first, *second)


def test_text_that_runs_up_a_margin_comes_last_as_it_is() -> None:
    upright = Line(
        (Word("Vordruck", Box(8, 180, 11, 200), 0.9), Word("51-100", Box(8, 160, 11, 178), 0.9)),
        Box(8, 160, 11, 200),
        (11, 200, 11, 160),
    )
    page = seen(*BODY)
    read_page = in_reading_order(PageText((Block((upright,), upright.box), *page.blocks)))
    assert list(read_page.lines())[-1] is upright
    assert len(list(read_page.lines())) == len(BODY) + 1


def test_a_page_that_runs_from_right_to_left_comes_back_as_it_is() -> None:
    words = tuple(Word(text, Box(100 - 20 * at, 50, 115 - 20 * at, 54), 0.9) for at, text in enumerate("אבג"))
    page = text_of(line_of(words))
    assert in_reading_order(page) is page


def test_a_cut_line_keeps_its_words_places_and_gets_baselines_of_its_own() -> None:
    page = in_reading_order(seen(SENDER, *ADDRESS, *REFERENCES))
    lines = {line.text: line for line in page.lines()}
    cut = lines["Aktenzeichen 4711-2026"], lines["Telefon 0123 4567-89"], lines["Anton Beispiel"]
    assert [line.baseline[1] for line in cut] == pytest.approx([52.0, 60.0, 67.9], abs=0.05)
    for line in page.lines():
        assert line.box == Box.around([word.box for word in line.words])
        assert (line.baseline[0], line.baseline[2]) == pytest.approx((line.box.x0, line.box.x1), abs=0.01)


def test_lines_of_a_plain_page_come_back_untouched() -> None:
    page = seen(*BODY)
    assert list(in_reading_order(page).lines()) == list(page.lines())


def test_paragraphs_are_blocks() -> None:
    text = "ein Satz, der lang genug ist, um als laufender Text zu gelten"
    page = in_reading_order(
        seen(*column(25, 60, 4.8, 11, *[text] * 4), *column(25, 81.2, 4.8, 11, *[text] * 3))
    )
    assert [len(block.lines) for block in page.blocks] == [4, 3]


def test_dirt_between_columns_joins_nothing() -> None:
    letter = [SENDER, *ADDRESS, *REFERENCES, *BODY]
    dirty = [*letter, (100.0, 59.9, 9.0, "|"), (112.0, 64.0, 6.0, "."), (90.0, 300.0, 5.0, "~")]
    assert [word for word in read(*dirty) if word not in "|.~"] == said(*letter)
    assert Counter(read(*dirty)) == Counter(said(*dirty))


def test_an_empty_page_stays_empty() -> None:
    assert in_reading_order(PageText()) == PageText()


COORDINATES = st.floats(0, 300, allow_nan=False, width=32)
PLACED = st.tuples(
    COORDINATES,
    COORDINATES,
    st.floats(0.5, 60, width=32),
    st.lists(st.text(max_size=6), max_size=5).map(" ".join),
)


@st.composite
def pages(draw: st.DrawFn) -> PageText:
    """Anything an engine may report: overlapping, empty, upright and upside-down lines."""
    lines = []
    for left, base, points, text in draw(st.lists(PLACED, max_size=25)):
        words = words_at(left, base, points, text)
        if words:
            line = line_of(words, base)
            if draw(st.integers(0, 9)) == 0:
                line = Line(tuple(reversed(line.words)), line.box, (left, base, left, base - 30))
            lines.append(line)
    split = draw(st.integers(0, len(lines)))
    parts = [tuple(part) for part in (lines[:split], lines[split:]) if part]
    return PageText(tuple(map(Block.of, parts)))


@given(pages())
def test_no_word_is_lost_or_doubled_and_the_order_is_always_the_same(page: PageText) -> None:
    ordered = in_reading_order(page)
    assert Counter(map(id, ordered.words())) == Counter(map(id, page.words()))
    assert in_reading_order(page) == ordered
    for block in ordered.blocks:
        assert block.lines and all(line.words for line in block.lines)
        assert block.box == Box.around([line.box for line in block.lines])


@given(st.permutations(range(8)))
def test_the_order_does_not_depend_on_the_order_of_the_engines_blocks(order: list[int]) -> None:
    page = seen(SENDER, *ADDRESS, *REFERENCES, *BODY)
    lines = list(page.lines())
    parts = [tuple(lines[at::8]) for at in order]
    blocks = tuple(Block.of(part) for part in parts if part)
    assert in_reading_order(PageText(blocks)) == in_reading_order(page)
