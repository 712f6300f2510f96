"""The pictures of the page as it was read, and as the archive shows it."""

from __future__ import annotations

from typing import Final

from dipro_scan.imaging.explained import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PINK,
    RED,
    VIOLET,
    Canvas,
    Colour,
    LegendEntry,
    Rgb,
    captioned,
)
from dipro_scan.imaging.explained_words import archive_step_words, mark_words
from dipro_scan.model import Box, MarkVerdict, PageReading
from dipro_scan.translation import _, ngettext, number

SURE: Final = 0.85
UNSURE: Final = 0.6
"""Confidence of a word from which it is read well, and below which it is hardly read."""

MARK_COLOUR: Final = VIOLET


def reading_picture(straight: Canvas, reading: PageReading) -> Rgb:
    """Words framed by how surely they were read, codes, stamps, boxes of forms.

    `straight` is the picture that was read, upright and straightened.
    """
    straight.fade(0.25)
    legend = [*_draw_words(straight, reading), *_draw_codes(straight, reading)]
    legend += [*_draw_stamps(straight, reading), *_draw_marks(straight, reading)]
    count = sum(1 for _word in reading.text.words())
    facts = [ngettext("%(count)d word was read.", "%(count)d words were read.", count) % {"count": count}]
    if reading.text.mean_confidence is not None:
        mean = number(reading.text.mean_confidence, 2)
        facts[0] += " " + _("Mean confidence %(mean)s") % {"mean": mean}
    facts.append(_("This picture is made for reading only; the archive shows the scan itself."))
    return captioned(straight, _("5 · What was read"), facts, legend)


def archive_picture(straight: Canvas, reading: PageReading) -> Rgb:
    """The page as the archive shows it. `straight` is the scan itself, upright and straightened."""
    shown = straight.cut(reading.geometry.shown())
    legend = []
    for part in reading.parts[1:]:
        shown.dashed((part.x0, part.y0), (part.x0, part.y1), RED, 2)
        legend = [LegendEntry(RED, _("shown as two pages"))]
    box = reading.geometry.shown()
    values = {"width": number(box.width_mm, 1), "height": number(box.height_mm, 1)}
    facts = [_("Shown are %(width)s × %(height)s mm.") % values]
    done = [archive_step_words(step) for step in reading.steps if step.archive]
    facts.append(_("Done to the scan: %(steps)s") % {"steps": ", ".join(done) or _("nothing")})
    return captioned(shown, _("6 · The page in the archive"), facts, legend)


def _draw_words(straight: Canvas, reading: PageReading) -> list[LegendEntry]:
    kinds: list[tuple[Colour, str, list[Box]]] = [
        (GREEN, _("read well"), []),
        (ORANGE, _("less sure"), []),
        (RED, _("hardly read"), []),
    ]
    for word in reading.text.words():
        level = 0 if word.confidence >= SURE else 1 if word.confidence >= UNSURE else 2
        kinds[level][2].append(word.box)
    legend = []
    for colour, words, boxes in kinds:
        for box in boxes:
            straight.frame(box, colour, 1 if colour == GREEN else 2)
        if boxes:
            legend.append(LegendEntry(colour, f"{words} ({len(boxes)})"))
    return legend


def _draw_codes(straight: Canvas, reading: PageReading) -> list[LegendEntry]:
    boxes = [code.box for code in reading.codes if code.box is not None]
    for box in boxes:
        straight.frame(box, BLUE, 5)
    return [LegendEntry(BLUE, _("code (%(count)d)") % {"count": len(boxes)})] if boxes else []


def _draw_stamps(straight: Canvas, reading: PageReading) -> list[LegendEntry]:
    for stamp in reading.stamps:
        straight.frame(stamp.box, PINK, 4)
    count = len(reading.stamps)
    return [LegendEntry(PINK, _("stamp (%(count)d)") % {"count": count})] if count else []


def _draw_marks(straight: Canvas, reading: PageReading) -> list[LegendEntry]:
    """Boxes of a form: those that somebody filled in violet, empty ones in black."""
    legend = []
    for verdict in MarkVerdict:
        marks = [mark for mark in reading.marks if mark.verdict is verdict]
        colour = BLACK if verdict is MarkVerdict.EMPTY else MARK_COLOUR
        for mark in marks:
            straight.frame(mark.box, colour, 2 if verdict is MarkVerdict.EMPTY else 4)
        if marks:
            legend.append(LegendEntry(colour, mark_words(verdict, len(marks))))
    return legend
