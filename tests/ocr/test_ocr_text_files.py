"""Plain text, ALTO and hOCR: read back with the programs that others read them with."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from alto_tools import alto_tools
from hocr_spec import HocrValidator
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import Block, Box, EngineIdentity, Line, PageText, Word
from dipro_scan.ocr.alto import NAMESPACE, alto_xml
from dipro_scan.ocr.hocr import hocr_html
from dipro_scan.ocr.language_tags import language_tag, script_of
from dipro_scan.ocr.search_text import search_text
from dipro_scan.ocr.text_pages import TextFacts, TextPage, plain_text

ENGINE = EngineIdentity("tesseract", "5.5.4", {"deu": "0" * 64})
FACTS = TextFacts("0123abc", "Müller & <Söhne>.pdf 1–3", "dipro_scan", "0.1.0", (ENGINE,))
SHOWN = Box(-1.0, 2.0, 209.0, 299.0)


def block(*lines: str, top: float = 30.0, kind: Any = "print", climb: float = 0.0) -> Block:
    made = []
    for row, text in enumerate(lines):
        y = top + 6.0 * row
        words = tuple(
            Word(word, Box(20.0 + 15 * at, y, 33.0 + 15 * at, y + 4.0), 0.987654)
            for at, word in enumerate(text.split(" "))
        )
        box = Box.around([word.box for word in words])
        made.append(Line(words, box, (box.x0, y + 3.0 + climb, box.x1, y + 3.0)))
    return Block.of(made, kind)


def standing(text: str) -> Block:
    """A line that runs up the page."""
    box = Box(5.0, 100.0, 9.0, 140.0)
    return Block((Line((Word(text, box, 0.9),), box, (8.0, 140.0, 8.0, 100.0)),), box)


PAGES = (
    TextPage(
        PageText((block("Straße »Größe« 5 €", "§ 12 & <b>"), block("EINGEGANGEN", kind="stamp"))), SHOWN
    ),
    TextPage(
        PageText(
            (block("zweite Seite", climb=0.3), standing("Randtext"), block("Nohlmans", kind="handwriting"))
        ),
        SHOWN,
    ),
    TextPage(PageText(), SHOWN),
)


def alto(pages: tuple[TextPage, ...] = PAGES) -> ET.Element:
    return ET.fromstring("".join(alto_xml(pages, FACTS)).encode())


def strings(root: ET.Element) -> list[ET.Element]:
    return list(root.iter(f"{{{NAMESPACE}}}String"))


def hocr(pages: tuple[TextPage, ...] = PAGES) -> ET.Element:
    return ET.fromstring("".join(hocr_html(pages, FACTS)).encode())


def of_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [each for each in root.iter() if name in each.get("class", "").split()]


def properties(element: ET.Element) -> dict[str, list[str]]:
    parts = (part.split() for part in element.get("title", "").split("; "))
    return {part[0]: part[1:] for part in parts}


def test_plain_text_has_lines_blocks_and_pages_in_their_order() -> None:
    assert "".join(plain_text(PAGES)) == (
        "Straße »Größe« 5 €\n§ 12 & <b>\n\nEINGEGANGEN\n\fzweite Seite\n\nRandtext\n\nNohlmans\n\f\n"
    )


def test_alto_is_read_by_the_tools_of_libraries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "text.alto.xml"
    path.write_text("".join(alto_xml(PAGES, FACTS)), encoding="utf-8")
    with path.open(encoding="utf-8") as file:
        _file, tree, namespace = alto_tools.alto_parse(file)
    assert namespace == NAMESPACE
    alto_tools.alto_text(tree, namespace)
    told = [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert told == ["Straße »Größe« 5 €", "§ 12 & <b>", "EINGEGANGEN", "zweite Seite", "Randtext", "Nohlmans"]


def test_alto_says_where_everything_stands_in_tenths_of_a_millimetre() -> None:
    root = alto()
    pages = list(root.iter(f"{{{NAMESPACE}}}Page"))
    assert [(page.get("WIDTH"), page.get("HEIGHT")) for page in pages] == [("2100", "2970")] * 3
    assert [page.get("PHYSICAL_IMG_NR") for page in pages] == ["1", "2", "3"]
    word = strings(root)[1]
    assert (word.get("HPOS"), word.get("VPOS"), word.get("WIDTH"), word.get("HEIGHT")) == (
        "360", "280", "130", "40",
    )  # fmt: skip
    assert (word.get("CONTENT"), word.get("WC")) == ("»Größe«", "0.9877")
    line = next(root.iter(f"{{{NAMESPACE}}}TextLine"))
    assert line.get("BASELINE") == "210,310 790,310"
    assert [each.get("HPOS") for each in line.iter(f"{{{NAMESPACE}}}SP")] == ["340", "490", "640"]


def test_a_line_without_words_is_left_out_for_alto_forbids_it() -> None:
    box = Box(20.0, 10.0, 30.0, 14.0)
    empty = Line((), box, (20.0, 13.0, 30.0, 13.0))
    written = block("Text")
    pages = (TextPage(PageText((Block((empty,), box), Block((empty, *written.lines), box))), SHOWN),)
    lines = list(alto(pages).iter(f"{{{NAMESPACE}}}TextLine"))
    assert [[each.get("CONTENT") for each in line] for line in lines] == [["Text"]]
    assert len(list(alto(pages).iter(f"{{{NAMESPACE}}}TextBlock"))) == 1
    assert len(of_class(hocr(pages), "ocr_line")) == len(of_class(hocr(pages), "ocr_carea")) == 1


@pytest.mark.parametrize(
    ("languages", "tag", "script"),
    [
        (("deu", "eng"), "de", "Latn"),
        (("deu_latf",), "de", "Latn"),
        (("script/Fraktur",), "de", "Latn"),
        (("pol", "deu"), "pl", "Latn"),
        (("ukr",), "uk", "Cyrl"),
        (("aze_cyrl",), "aze", "Zyyy"),
        (("script/Latin",), "und", "Zyyy"),
        ((), "und", "Zyyy"),
    ],
)
def test_the_language_is_that_of_the_data_named_first(
    languages: tuple[str, ...], tag: str, script: str
) -> None:
    assert language_tag(languages) == tag
    assert script_of(tag) == script


def test_the_files_say_in_which_language_the_page_is() -> None:
    facts = replace(FACTS, language="pl")
    root = ET.fromstring("".join(alto_xml(PAGES, facts)).encode())
    assert {each.get("LANG") for each in root.iter(f"{{{NAMESPACE}}}TextBlock")} == {"pl"}
    page = ET.fromstring("".join(hocr_html(PAGES, facts)).encode())
    assert page.get("lang") == "pl"
    assert {each.get("lang") for each in of_class(page, "ocr_par")} == {"pl"}
    assert [each.get("content") for each in page.iter() if each.get("name") == "ocr-langs"] == ["pl"]


def test_alto_tells_stamps_from_print_and_who_has_read() -> None:
    root = alto()
    blocks = list(root.iter(f"{{{NAMESPACE}}}TextBlock"))
    tags = {each.get("ID"): each.get("LABEL") for each in root.iter(f"{{{NAMESPACE}}}LayoutTag")}
    assert [tags.get(each.get("TAGREFS", "")) for each in blocks] == [
        None,
        "stamp",
        None,
        None,
        "handwriting",
    ]
    ids = [each.get("ID") for each in root.iter() if each.get("ID")]
    assert len(set(ids)) == len(ids)
    names = [each.text for each in root.iter(f"{{{NAMESPACE}}}softwareName")]
    assert names == ["tesseract", "dipro_scan"]
    assert next(root.iter(f"{{{NAMESPACE}}}fileName")).text == FACTS.title


def test_hocr_passes_the_validator_of_its_specification(tmp_path: Path) -> None:
    path = tmp_path / "text.hocr.html"
    path.write_text("".join(hocr_html(PAGES, FACTS)), encoding="utf-8")
    report = HocrValidator("standard").validate(str(path))
    # That it knows no dipro_scan is a DEBUG.
    assert {item.level for item in report.items} <= {"DEBUG"}, report.format("text")
    broken = path.read_text(encoding="utf-8").replace("bbox", "bbux")
    path.write_text(broken, encoding="utf-8")
    assert "bbux" in HocrValidator("standard").validate(str(path)).format("text")


def test_hocr_says_where_everything_stands_in_pixels_at_300_dpi() -> None:
    root = hocr()
    page = of_class(root, "ocr_page")[0]
    assert properties(page)["bbox"] == ["0", "0", "2480", "3508"]
    word = of_class(root, "ocrx_word")[1]
    assert word.text == "»Größe«"
    assert properties(word) == {"bbox": ["425", "331", "579", "378"], "x_wconf": ["98"]}
    first, _second, stamp, climbing, upwards, _by_hand = of_class(root, "ocr_line")
    assert properties(first)["baseline"] == ["0", "-12"]
    assert properties(climbing)["baseline"] == ["-0.0107", "-8"]
    assert properties(upwards)["textangle"] == ["90"]
    areas = of_class(root, "ocr_carea")
    assert [area.get("class") for area in areas] == [
        "ocr_carea",
        "ocr_carea stamp",
        "ocr_carea",
        "ocr_carea",
        "ocr_carea handwriting",
    ]
    assert "EINGEGANGEN" in "".join(stamp.itertext())
    systems = [each for each in root.iter() if each.get("name") == "ocr-system"]
    assert [each.get("content") for each in systems] == ["dipro_scan 0.1.0; tesseract 5.5.4"]


any_word = st.text(st.characters(), min_size=1, max_size=12)


@given(st.lists(any_word, min_size=1, max_size=6), st.floats(0, 1))
def test_whatever_was_read_comes_back_word_by_word(words: list[str], confidence: float) -> None:
    placed = tuple(
        Word(word, Box(10.0 * at, 10.0, 10.0 * at + 9, 14.0), confidence) for at, word in enumerate(words)
    )
    line = Line(placed, Box.around([word.box for word in placed]), (0.0, 13.0, 100.0, 13.0))
    pages = (TextPage(PageText((Block((line,), line.box),)), SHOWN),)
    plain = [unicodedata.normalize("NFC", word) for word in words]
    legal = ["".join(each if _may_stand(each) else "\ufffd" for each in word) for word in plain]
    assert [_folded(each.get("CONTENT", "")) for each in strings(alto(pages))] == list(map(_folded, legal))
    seen = [_folded(each.text or "") for each in of_class(hocr(pages), "ocrx_word")]
    assert seen == list(map(_folded, legal))
    told = "".join(plain_text(pages))
    assert told == " ".join(legal) + "\n"
    assert told.encode("utf-8").count(b"\f") == 0


def test_the_search_text_has_the_characters_of_the_other_files() -> None:
    page = PageText((block("Gru\u0308n a\fb c\ud800d zusta\u0308ndig"),))
    found = search_text([page, page])
    assert found.text == "\f".join(["Grün a\ufffdb c\ufffdd zuständig"] * 2)
    assert found.mends == ()


def _may_stand(character: str) -> bool:
    code = ord(character)
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def _folded(text: str) -> str:
    """XML readers fold white space."""
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")
