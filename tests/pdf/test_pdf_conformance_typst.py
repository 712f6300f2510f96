"""Another program's PDF/A, with its own way of writing fonts and attachments: accepted at every level."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import typst

from dipro_scan.pdf import Level, check_pdfa

LETTER = """
#set document(title: "Prüfung", date: datetime(year: 2025, month: 3, day: 4))
#set text(lang: "de")
= Überschrift äöü ß €
Fließtext mit fi fl ffi und „Anführung“, $ sum_(i=1)^n x_i^2 $
#text(font: "Source Sans Pro")[Andere Schrift – § 63 … 1.234,56]
#rect(fill: rgb(200, 10, 10, 50%))[durchscheinend]
"""
INVOICE = """
#pdf.attach("invoice.xml", relationship: "alternative", mime-type: "text/xml", description: "Rechnung")
"""
LEVELS: tuple[Level, ...] = ("2b", "2u", "3b", "3u")


def written(folder: Path, text: str, level: Level) -> Path:
    spec = importlib.util.find_spec("font_source_sans_pro")
    assert spec is not None and spec.origin is not None
    (folder / "invoice.xml").write_text("<invoice/>", encoding="utf-8")
    (folder / "letter.typ").write_text(text, encoding="utf-8")
    fonts = [str(Path(spec.origin).parent / "files")]
    target = folder / "letter.pdf"
    typst.compile(folder / "letter.typ", output=target, pdf_standards=[f"a-{level}"], font_paths=fonts)
    return target


@pytest.mark.parametrize("level", LEVELS)
def test_a_letter_is_accepted(tmp_path: Path, level: Level) -> None:
    assert check_pdfa(written(tmp_path, LETTER, level), level) == ()


@pytest.mark.parametrize("level", ["3b", "3u"])
def test_a_letter_with_an_invoice_inside_is_accepted(tmp_path: Path, level: Level) -> None:
    path = written(tmp_path, INVOICE + LETTER, level)
    assert check_pdfa(path, level) == ()
    as_part_2: Level = "2b"
    assert {violation.clause for violation in check_pdfa(path, as_part_2)} == {"6.6.4", "6.8"}
