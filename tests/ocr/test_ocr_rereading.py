"""Doubtful lines read again: by the real engine, within a budget, each attempt told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pytest

from dipro_scan.model import (
    Block,
    Box,
    EngineIdentity,
    Line,
    OrientationEstimate,
    PageFailed,
    PageText,
    ReadingImage,
    Word,
)
from dipro_scan.ocr.line_cut_outs import cut_out
from dipro_scan.ocr.rereading import Treatment, doubtful_span, reread, usual_treatments
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.settings.rereading_settings import RereadingSettings

from ..pages_by_hand import line_of, text_of

Sheet = Callable[..., ReadingImage]
SETTINGS = RereadingSettings()
PAPER = ReadingImage(np.full((1200, 1600), 240, dtype=np.uint8), 200.0)


def line(*words: tuple[str, float], top: float = 10.0) -> Line:
    found = []
    x = 10.0
    for text, confidence in words:
        found.append(Word(text, Box(x, top, x + 2.0 * len(text), top + 4), confidence))
        x += 2.0 * len(text) + 2
    return line_of(found)


@dataclass
class Reader:
    """Reads every line as `text`, with `confidence`, spread over the cut-out."""

    text: str
    confidence: float = 0.95
    fails: bool = False
    seen: list[ReadingImage] = field(default_factory=list)
    languages: list[tuple[str, ...] | None] = field(default_factory=list)

    @property
    def identity(self) -> EngineIdentity:
        return EngineIdentity("reader", "1")

    def detect_orientation(self, image: ReadingImage) -> OrientationEstimate | None:
        return None

    def read(self, image: ReadingImage) -> PageText:
        return PageText()

    def read_line(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        self.seen.append(image)
        self.languages.append(languages)
        if self.fails:
            raise PageFailed("no")
        if not self.text:
            return PageText()
        return text_of(line(*((word, self.confidence) for word in self.text.split())))


def treatment(reader: Reader, name: str = "again", cost: float = 1.0) -> Treatment:
    return Treatment(name, reader, partial(cut_out, PAPER), cost=cost)


DOUBTFUL = line(("Sehr", 0.95), ("geehrte", 0.95), ("Damcn", 0.5))


def test_a_page_without_doubt_costs_no_reading() -> None:
    text = text_of(line(("Sehr", 0.95), ("geehrte", 0.95), ("Damen", 0.95)))
    reader = Reader("x")
    assert reread(text, [treatment(reader)], SETTINGS) == (text, ())
    assert reader.seen == []


def test_the_doubtful_word_is_replaced_and_told() -> None:
    sure = line(("Mit", 0.95), ("Grüßen", 0.95), top=30.0)
    text, told = reread(text_of(DOUBTFUL, sure), [treatment(Reader("geehrte Damen"))], SETTINGS)
    assert text.text == "Sehr geehrte Damen\n\nMit Grüßen"
    assert text.blocks[1].lines == (sure,)
    (attempt,) = told
    assert (attempt.treatment, attempt.engine, attempt.taken) == ("again", "reader", True)
    assert attempt.why == "surer"
    assert attempt.after > attempt.before + 0.05
    assert attempt.box == Box.around([word.box for word in DOUBTFUL.words[1:]])


def test_only_the_doubtful_words_and_their_neighbours_are_read_again() -> None:
    words = line(("Hiermit", 0.95), ("wird", 0.95), ("dcr", 0.4), ("Antrag", 0.95), ("gestellt", 0.95)).words
    assert doubtful_span(words, 0.85) == (1, 4)
    assert doubtful_span(words[:2], 0.85) is None
    reader = Reader("wird der Antrag")
    text, _told = reread(
        text_of(line(*((w.text, w.confidence) for w in words))), [treatment(reader)], SETTINGS
    )
    assert text.text == "Hiermit wird der Antrag gestellt"
    (seen,) = reader.seen
    assert seen.pixels.shape[1] / seen.dpi * 25.4 < words[3].box.x1 - words[1].box.x0 + 5


def test_ways_are_tried_in_order_until_nothing_is_doubtful() -> None:
    useless, good, spare = Reader("geehrte Damcn", 0.4), Reader("geehrte Damen"), Reader("geehrte Dame")
    ways = [treatment(useless, "first"), treatment(good, "second"), treatment(spare, "third")]
    text, told = reread(text_of(DOUBTFUL), ways, SETTINGS)
    assert text.text == "Sehr geehrte Damen"
    assert [(each.treatment, each.taken, each.why) for each in told] == [
        ("first", False, "same_text"),
        ("second", True, "surer"),
    ]
    assert spare.seen == []


@pytest.mark.parametrize(
    ("reader", "why"), [(Reader(""), "nothing_read"), (Reader("x", fails=True), "failed")]
)
def test_what_reads_nothing_or_fails_changes_nothing(reader: Reader, why: str) -> None:
    text, told = reread(text_of(DOUBTFUL), [treatment(reader)], SETTINGS)
    assert text == text_of(DOUBTFUL)
    assert [(each.taken, each.why, each.after) for each in told] == [(False, why, 0.0)]


def test_single_letters_and_lines_up_a_margin_are_left_alone() -> None:
    tick = line(("v", 0.3), ("ja", 0.95))
    upright = line(("Damcn", 0.3))
    turned = Line(upright.words, Box(5.0, 10.0, 9.0, 60.0), (9.0, 60.0, 9.0, 10.0))
    reader = Reader("x")
    assert reread(text_of(tick, turned), [treatment(reader)], SETTINGS)[1] == ()


def test_handwriting_is_not_read_again_and_keeps_its_kind_beside_what_is() -> None:
    text = PageText((Block.of([DOUBTFUL], "handwriting"), Block.of([line(("Damcn", 0.5), top=30.0)])))
    better, told = reread(text, [treatment(Reader("Damen"))], SETTINGS)
    assert [(block.kind, block.lines[0].text) for block in better.blocks] == [
        ("handwriting", DOUBTFUL.text),
        ("print", "Damen"),
    ]
    assert len(told) == 1


def test_a_lost_paragraph_sign_is_read_again() -> None:
    text = text_of(line(("nach", 0.95), ("$", 0.8), ("14", 0.95)))
    assert reread(text, [treatment(Reader("nach § 14"))], SETTINGS)[0].text == "nach § 14"


def test_a_page_of_rubbish_costs_no_more_than_the_budget() -> None:
    rubbish = text_of(*(line(("xqzw", 0.2), ("tzrw", 0.2), top=10.0 + 6 * number) for number in range(60)))
    reader = Reader("hgfk rtzp", 0.2)
    lines = RereadingSettings(most_lines=7, most_share=1.0)
    assert len(reread(rubbish, [treatment(reader)], lines)[1]) == 7
    width = RereadingSettings(most_lines=60, most_share=0.25, few_lines=0)
    assert len(reread(rubbish, [treatment(reader)], width)[1]) == 15
    assert len(reread(rubbish, [treatment(reader, cost=5.0)], width)[1]) == 3
    few = RereadingSettings(most_lines=60, most_share=0.0, few_lines=2)
    assert len(reread(rubbish, [treatment(reader)], few)[1]) == 2
    none = RereadingSettings(enabled=False)
    assert reread(rubbish, [treatment(reader)], none) == (rubbish, ())


def test_lines_that_are_nearly_right_come_first() -> None:
    rubbish = line(("xqzw", 0.1), ("tzrw", 0.1), top=10.0)
    nearly = line(("Sehr", 0.95), ("geehrte", 0.95), ("Damcn", 0.5), top=30.0)
    one = RereadingSettings(most_lines=1)
    (told,) = reread(text_of(rubbish, nearly), [treatment(Reader("geehrte Damen"))], one)[1]
    assert told.box.y0 == 30.0


def test_languages_preparation_and_mending_reach_the_reader() -> None:
    reader = Reader("geehrte Darnen")
    black = ReadingImage(np.zeros((4, 4), dtype=np.uint8), 200.0)
    way = Treatment("all", reader, partial(cut_out, PAPER), ("deu", "eng"), prepare=lambda image: black)

    def mend(text: PageText, image: ReadingImage) -> PageText:
        assert image is black
        return text_of(
            *(line(*((w.text.replace("rn", "m"), 0.95) for w in each.words)) for each in text.lines())
        )

    text, _told = reread(text_of(DOUBTFUL), [way], SETTINGS, mend)
    assert text.text == "Sehr geehrte Damen"
    assert reader.languages == [("deu", "eng")]
    assert reader.seen[0] is black


def test_the_second_reader_comes_last_and_only_where_there_is_one() -> None:
    first, second = Reader("geehrte Damcn", 0.5), Reader("geehrte Damen")
    cut = partial(cut_out, PAPER)
    assert [each.name for each in usual_treatments(first, cut, lambda image: image)] == ["local_contrast"]
    ways = usual_treatments(first, cut, lambda image: image, second)
    text, told = reread(text_of(DOUBTFUL), ways, SETTINGS)
    assert text.text == "Sehr geehrte Damen"
    assert [each.treatment for each in told] == ["local_contrast", "second_reader"]


def test_a_blurred_first_reading_is_put_right_by_the_engine(
    tesseract: TesseractEngine, typed_sheet: Sheet
) -> None:
    sheet = typed_sheet("Genehmigung der Anlage")
    first = tesseract.read(sheet)
    (true_line,) = first.lines()
    spoiled = Line(
        (Word("Gcnehmlgung", true_line.words[0].box, 0.3), *true_line.words[1:]),
        true_line.box,
        true_line.baseline,
    )
    text, told = reread(text_of(spoiled), [Treatment("alone", tesseract, partial(cut_out, sheet))], SETTINGS)
    assert text.text == "Genehmigung der Anlage"
    (word, *_rest) = text.words()
    assert word.box == pytest.approx(true_line.words[0].box, abs=0.5)
    assert [(each.engine, each.taken) for each in told] == [("tesseract", True)]
    assert reread(text_of(spoiled), [Treatment("alone", tesseract, partial(cut_out, sheet))], SETTINGS) == (
        text,
        told,
    )


def test_cut_outs_keep_their_place_and_have_paper_around_them() -> None:
    pixels = np.full((400, 800), 230, dtype=np.uint8)
    pixels[190:210, 300:500] = 20
    image = ReadingImage(pixels, 254.0, origin_mm=(-2.0, 3.0))
    box = Box(28.0, 22.0, 48.0, 24.0)  # the bar, on the page
    piece = cut_out(image, box)
    dark = np.argwhere(piece.pixels < 100)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0) + 1
    assert piece.box_mm(left, top, right, bottom) == pytest.approx(box, abs=0.11)
    assert set(np.unique(piece.pixels[0])) == {230}
    assert cut_out(image, Box(500.0, 500.0, 510.0, 510.0)).pixels.size == 0
