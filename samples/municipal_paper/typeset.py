"""Typesets a template with invented facts: pixels, the words on them, and the fields they show."""

from __future__ import annotations

import ctypes
import importlib.util
import json
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypedDict

import numpy as np
import pypdfium2
import typst
import yaml
from pypdfium2 import raw as pdfium

from municipal_paper.facts import Facts, invent_facts
from municipal_paper.truth import MM_PER_INCH, PAPER_DPI, Hand, Paper, Pixels, Side, TruthWord

ROOT = Path(__file__).parent
_FONT_PACKAGES = (
    *("ttf_opensans", "font_caladea", "font_source_sans_pro", "font_source_serif_pro"),
    *("font_hanken_grotesk", "font_lato"),
)
_MM_PER_POINT = MM_PER_INCH / 72
Box = tuple[float, float, float, float]
Character = tuple[str, Box, bool]
"""A character, its box in millimetres from the top left, and whether a pen wrote it."""


class _Fields(TypedDict):
    fields: dict[str, str]
    handwritten: frozenset[str]


def template_names(set_name: str) -> list[str]:
    """The templates of a set, by name: `rechnung`, `rechnung-2`, …"""
    return sorted(
        path.stem for path in (ROOT / "papers" / set_name).glob("[a-z]*.typ") if path.stem != "looks"
    )


def class_of(template: str) -> str:
    return template.partition("-")[0]


def typeset_paper(set_name: str, template: str, seed: int) -> Paper:
    """One document of the template `papers/<set_name>/<template>.typ`.

    Raises typst.TypstError where the template is wrong.
    """
    document_class = class_of(template)
    facts = invent_facts(seed, kennzeichen_of(document_class))
    source = ROOT / "papers" / set_name / f"{template}.typ"
    inputs = {"facts": json.dumps(facts.shown)}
    pdf = typst.compile(str(source), root=str(ROOT), font_paths=_fonts(), sys_inputs=inputs, pdf_tags=False)
    kinds = _query(source, "<kind>", inputs)
    return Paper(
        template=f"{set_name}/{template}",
        seed=seed,
        document_class=document_class,
        kennzeichen=kennzeichen_of(document_class),
        kind=kinds[0] if kinds else "letter",
        **_fields(_query(source, "<field>", inputs), facts),
        sides=tuple(read_sides(pdf)),
    )


def stamp_place(set_name: str, template: str, seed: int) -> tuple[float, float] | None:
    """Where the first page leaves room for an Eingangsstempel: its top left corner in mm, or None."""
    facts = invent_facts(seed, kennzeichen_of(class_of(template)))
    source = ROOT / "papers" / set_name / f"{template}.typ"
    places = _query(source, "<stamp-place>", {"facts": json.dumps(facts.shown)})
    if not places:
        return None
    place = places[0]
    assert isinstance(place, dict)
    return float(place["x"]), float(place["y"])


def typeset_piece(source: Path, facts: dict[str, object]) -> Side:
    """A single small page, such as a stamp, typeset from a file of its own."""
    inputs = {"facts": json.dumps(facts)}
    pdf = typst.compile(str(source), root=str(ROOT), font_paths=_fonts(), sys_inputs=inputs, pdf_tags=False)
    return next(iter(read_sides(pdf)))


def read_sides(pdf: bytes) -> Iterator[Side]:
    """The pages of a typeset PDF as pixels at PAPER_DPI and words with their places."""
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            words = tuple(_words(page))
            image = page.render(scale=PAPER_DPI / 72, rev_byteorder=True).to_numpy()
            yield Side(image=_opaque(image), text=_printed_text(page), words=words)


@cache
def kennzeichen_of(document_class: str) -> str:
    """Where the class files by the shipped settings."""
    path = ROOT.parent.parent / "pipelines" / "classes" / f"{document_class}.yaml"
    return str(yaml.safe_load(path.read_text(encoding="utf-8"))["filing"]["kennzeichen"])


@cache
def handwriting_fonts() -> frozenset[str]:
    """The families that stand for a pen; what is written in them is no print."""
    return frozenset(
        {"Caveat", "Kalam", "DancingScript", "HomemadeApple", "ReenieBeanie", "NothingYouCouldDo"}
    )


@cache
def _fonts() -> typst.Fonts:
    folders = [ROOT / "fonts"]
    for package in _FONT_PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"The fonts of {package} are missing: pip install '.[samples]'")
        folders.extend({path.parent for path in Path(spec.origin).parent.rglob("*.ttf")})
        folders.extend({path.parent for path in Path(spec.origin).parent.rglob("*.otf")})
    # The machine's own fonts would make the paper differ from machine to machine.
    return typst.Fonts(
        include_system_fonts=False, font_paths=[str(folder) for folder in sorted(set(folders))]
    )


def _query(source: Path, selector: str, inputs: dict[str, str]) -> list[object]:
    found = typst.query(
        str(source), selector, field="value", root=str(ROOT), font_paths=_fonts(), sys_inputs=inputs
    )
    return list(json.loads(found))


def _fields(marks: list[object], facts: Facts) -> _Fields:
    fields, by_hand = {}, set()
    for mark in marks:
        assert isinstance(mark, dict)
        fields[mark["field"]] = mark["value"] if "value" in mark else facts.values[mark["fact"]]
        if mark.get("hand"):
            by_hand.add(mark["field"])
        else:
            by_hand.discard(mark["field"])
    return {"fields": dict(sorted(fields.items())), "handwritten": frozenset(by_hand)}


def _opaque(image: Pixels) -> Pixels:
    return np.ascontiguousarray(image[:, :, :3])


def _characters(page: pypdfium2.PdfPage) -> Iterator[Character]:
    """Each character in the order of the content."""
    text_page = page.get_textpage()
    height = page.get_height()
    box = [ctypes.c_double() for _ in range(4)]
    name = ctypes.create_string_buffer(200)
    flags = ctypes.c_int()
    for index in range(text_page.count_chars()):
        character = chr(pdfium.FPDFText_GetUnicode(text_page.raw, index))
        pdfium.FPDFText_GetCharBox(text_page.raw, index, *map(ctypes.byref, (box[0], box[1], box[2], box[3])))
        left, right, bottom, top = (value.value for value in box)
        pdfium.FPDFText_GetFontInfo(text_page.raw, index, name, len(name), ctypes.byref(flags))
        family = name.value.decode("utf-8", "replace").partition("+")[2].partition("-")[0]
        x0, y0, x1, y1 = (edge * _MM_PER_POINT for edge in (left, height - top, right, height - bottom))
        yield character, (x0, y0, x1, y1), family in handwriting_fonts()


def _words(page: pypdfium2.PdfPage) -> Iterator[TruthWord]:
    for run in _runs(page):
        letters = unicodedata.normalize("NFC", "".join(character for character, _, _ in run))
        hand = Hand.HANDWRITING if run[-1][2] else Hand.PRINT
        yield TruthWord(letters, _around([box for _, box, _ in run]), hand)


def _runs(page: pypdfium2.PdfPage) -> Iterator[list[Character]]:
    """Characters that belong together: parted by white space, and by gaps that the eye takes for one."""
    run: list[Character] = []
    for character in _characters(page):
        if character[0].isspace() or ord(character[0]) < 32:
            if run:
                yield run
            run = []
            continue
        if run and _is_apart(run[-1][1], character[1]):
            yield run
            run = []
        run.append(character)
    if run:
        yield run


def _is_apart(before: Box, after: Box) -> bool:
    height = max(before[3] - before[1], after[3] - after[1])
    gap = after[0] - before[2]
    return gap > max(0.8, 0.6 * height) or after[0] < before[0] - height or after[1] > before[3] + height


def _around(boxes: list[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return (round(min(left), 2), round(min(top), 2), round(max(right), 2), round(max(bottom), 2))


def _printed_text(page: pypdfium2.PdfPage) -> str:
    """What is printed, without handwriting: words in the order of the content, one typeset line a line."""
    lines: list[list[TruthWord]] = []
    for word in (word for word in _words(page) if word.hand is Hand.PRINT):
        if lines and _continues(lines[-1], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return "\n".join(" ".join(word.text for word in line) for line in lines)


def _continues(line: list[TruthWord], word: TruthWord) -> bool:
    """Whether the word stands on the line: the middle of one lies within the height of the other."""
    top, bottom = min(each.box_mm[1] for each in line), max(each.box_mm[3] for each in line)
    low, high = word.box_mm[1], word.box_mm[3]
    level = top < (low + high) / 2 < bottom or low < (top + bottom) / 2 < high
    return level and word.box_mm[0] >= line[-1].box_mm[2] - 1.0
