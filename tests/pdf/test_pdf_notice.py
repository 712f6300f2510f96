from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from dipro_scan.model import ImageFilter, PageGeometry
from dipro_scan.pdf import PdfJob, PdfPage, check_pdfa, notice_page, write_pdf

SENTENCES = (
    "Von Seite 3 der Quelle „Stapel.pdf“ gibt es kein Bild, das in eine PDF/A-Datei passt.",
    "Die Quelle bleibt bei den Originalen; übergroße Äpfel, Straße § 5, 7 €.",
)


@pytest.mark.parametrize("size", [(210.0, 297.0), (100.0, 60.0)])
def test_the_sheet_says_the_sentences_and_is_pdfa(
    size: tuple[float, float],
    tmp_path: Path,
    make_job: Callable[..., PdfJob],
    make_page: Callable[..., PdfPage],
) -> None:
    stream, text = notice_page(SENTENCES, *size)
    target = tmp_path / "notice.pdf"
    write_pdf(make_job(make_page(stream, PageGeometry(*size), text)), target)
    assert check_pdfa(target) == ()
    words = pypdfium2.PdfDocument(target)[0].get_textpage().get_text_range().split()
    assert words == " ".join(SENTENCES).split()
    assert [word.text for word in text.words()] == words


def test_words_stand_where_the_ink_is(
    tmp_path: Path, make_job: Callable[..., PdfJob], make_page: Callable[..., PdfPage]
) -> None:
    stream, text = notice_page(SENTENCES)
    assert stream.filter is ImageFilter.CCITT
    target = tmp_path / "notice.pdf"
    write_pdf(make_job(make_page(stream, PageGeometry(210, 297), text)), target)
    page = pypdfium2.PdfDocument(target)[0].render(scale=150 / 72, grayscale=True).to_pil().convert("L")
    dark = np.asarray(page) < 100
    inked = np.zeros_like(dark)
    for word in text.words():
        x0, y0, x1, y1 = (round(edge / 25.4 * 150) for edge in word.box)
        assert dark[y0:y1, x0:x1].any(), word.text
        inked[y0 - 2 : y1 + 2, x0 - 2 : x1 + 2] = True
    assert not (dark & ~inked).any()


def test_umlauts_are_printed_and_not_a_box() -> None:
    plain, _text = notice_page(["A"])
    umlaut, _text = notice_page(["Ä"])
    sharp, _text = notice_page(["ß"])
    assert len({plain.data, umlaut.data, sharp.data}) == 3


def test_much_to_say_still_fits_on_the_sheet() -> None:
    _stream, text = notice_page(["Ein recht langer Satz, der sich oft wiederholt."] * 60)
    boxes = [word.box for word in text.words()]
    assert len(boxes) == 60 * 8
    assert max(box.y1 for box in boxes) < 297
    assert max(box.x1 for box in boxes) < 210


def test_the_same_sentences_give_the_same_sheet() -> None:
    assert notice_page(SENTENCES) == notice_page(SENTENCES)
