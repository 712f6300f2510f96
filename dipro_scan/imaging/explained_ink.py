"""The picture of what counts as ink when a page is judged blank or not."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import cv2
import numpy as np

from dipro_scan.imaging import paper_marks
from dipro_scan.imaging.blank import MAX_MARGIN_SHARE, SEE_THROUGH_CONTRAST
from dipro_scan.imaging.blank_evidence import seen_ink, writing
from dipro_scan.imaging.explained import (
    BLACK,
    BROWN,
    GRAY,
    GREEN,
    ORANGE,
    PINK,
    RED,
    SKY,
    VIOLET,
    Canvas,
    Colour,
    LegendEntry,
    Rgb,
    captioned,
)
from dipro_scan.imaging.explained_words import blank_doubt_sentence, blank_word
from dipro_scan.imaging.fold_lines import folds_and_edges
from dipro_scan.imaging.paper_contrast import Mask, PaperContrast
from dipro_scan.model import MM_PER_INCH, Box, PageReading
from dipro_scan.settings import BlankSettings
from dipro_scan.translation import _, number


class InkKind(StrEnum):
    """What a dark place was taken for."""

    WRITING = "writing"
    PALE = "pale"
    LID = "lid"
    CORNER = "corner"
    HOLE = "hole"
    STAPLE = "staple"
    STREAK = "streak"
    FOLD = "fold"
    SPECK = "speck"


COLOURS: Final[dict[InkKind, Colour]] = {
    InkKind.WRITING: RED,
    InkKind.PALE: ORANGE,
    InkKind.LID: SKY,
    InkKind.CORNER: (0, 80, 130),
    InkKind.HOLE: VIOLET,
    InkKind.STAPLE: BROWN,
    InkKind.STREAK: PINK,
    InkKind.FOLD: GREEN,
    InkKind.SPECK: GRAY,
}


def ink_picture(contrast: PaperContrast, settings: BlankSettings, reading: PageReading) -> Rgb:
    """Each dark place in the colour of what it was taken for, and the margin. `contrast` is that of the page
    as it was scanned, not yet turned; the picture shows it upright."""
    canvas = Canvas(np.repeat(contrast.gray[:, :, None], 3, axis=2), contrast.dpi)
    canvas.fade()
    weighed = any(item.name == "largest_component" for item in reading.measurements)
    legend = []
    for kind, mask in ink_by_kind(contrast, weighed=weighed).items():
        if mask.any():
            canvas.tint(mask if kind is InkKind.WRITING else _thickened(mask), COLOURS[kind])
            legend.append(LegendEntry(COLOURS[kind], _kind_words(kind)))
    canvas.frame(_inside_margin(contrast, settings), BLACK, 1)
    legend.append(LegendEntry(BLACK, _("margin (%(mm)s mm)") % {"mm": number(settings.margin_mm, 0)}))
    facts = _facts(reading, weighed)
    upright = canvas.turned(reading.geometry.rotation)
    return captioned(upright, _("4 · What is ink on the page"), facts, legend)


def ink_by_kind(contrast: PaperContrast, *, weighed: bool = True) -> dict[InkKind, Mask]:
    """Every dark place once. What is writing is what the verdict takes for it (`blank_evidence.writing`).

    On a page so full that nothing is `weighed` only lid, corners and holes are told from it.
    """
    seen = seen_ink(contrast)
    lid = paper_marks.lid(contrast) | paper_marks.frame(contrast)
    bare = lid | paper_marks.dog_ears(contrast)
    marks: list[tuple[InkKind, Mask]] = [
        (InkKind.CORNER, paper_marks.dog_ears(contrast)),
        (InkKind.LID, lid),
        (InkKind.HOLE, paper_marks.punch_holes(seen & ~bare, contrast)),
    ]
    if weighed:
        ink = writing(seen, contrast)
        inside = seen & ~bare
        marks += [
            (InkKind.STREAK, paper_marks.streaks(inside, contrast)),
            (InkKind.FOLD, folds_and_edges(inside, contrast)),
            (InkKind.LID, paper_marks.edge_slivers(inside, contrast)),
            (InkKind.STAPLE, paper_marks.staples(inside, contrast)),
            (InkKind.SPECK, np.ones_like(seen)),
        ]
    else:
        ink = seen & ~bare & ~marks[-1][1]
    strong = _strong(ink, contrast) if weighed else ink
    kinds = {InkKind.WRITING: strong, InkKind.PALE: ink & ~strong}
    left = seen & ~ink
    for kind, mask in marks:
        taken = left & mask
        kinds[kind] = kinds[kind] | taken if kind in kinds else taken
        left = left & ~mask
    return kinds


def _strong(ink: Mask, contrast: PaperContrast) -> Mask:
    """The pieces of ink that are darker than what shines through from the other side."""
    count, labels = cv2.connectedComponents(ink.view(np.uint8), connectivity=8)
    darkest = np.zeros(count, dtype=np.uint8)
    rows, columns = np.nonzero(ink)
    darkness = np.where(contrast.solid, np.uint8(255), contrast.darkness)
    np.maximum.at(darkest, labels[rows, columns], darkness[rows, columns])
    return np.asarray((darkest >= SEE_THROUGH_CONTRAST * contrast.level)[labels] & ink)


def _thickened(mask: Mask) -> Mask:
    """So that a speck is seen at all."""
    return np.asarray(cv2.dilate(mask.view(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def _inside_margin(contrast: PaperContrast, settings: BlankSettings) -> Box:
    height, width = (side * MM_PER_INCH / contrast.dpi for side in contrast.gray.shape)
    x, y = (min(settings.margin_mm, MAX_MARGIN_SHARE * side) for side in (width, height))
    return Box(x, y, width - x, height - y)


def _kind_words(kind: InkKind) -> str:
    known = {
        InkKind.WRITING: _("counts as writing"),
        InkKind.PALE: _("pale: may shine through"),
        InkKind.LID: _("lid, edge of the paper"),
        InkKind.CORNER: _("folded corner"),
        InkKind.HOLE: _("punch hole"),
        InkKind.STAPLE: _("staple"),
        InkKind.STREAK: _("streak of dirt"),
        InkKind.FOLD: _("fold or long thin line"),
        InkKind.SPECK: _("dust"),
    }
    return known[kind]


def _facts(reading: PageReading, weighed: bool) -> list[str]:
    facts = [_("The page is: %(verdict)s") % {"verdict": blank_word(reading.blank)}]
    if reading.blank_doubt is not None:
        facts[0] = f"{facts[0]}. {blank_doubt_sentence(reading.blank_doubt)}"
    found = {item.name: item for item in reading.measurements}
    share = found.get("ink_share")
    if share is not None and share.threshold is not None:
        values = {"share": number(100 * share.value, 2), "limit": number(100 * share.threshold, 2)}
        facts.append(_("Ink inside the margin: %(share)s %% (blank up to %(limit)s %%)") % values)
    largest = found.get("largest_component")
    if largest is not None and largest.threshold is not None:
        values = {"area": number(largest.value, 1), "limit": number(largest.threshold, 1)}
        facts.append(_("Largest piece: %(area)s mm² (blank up to %(limit)s mm²)") % values)
    if not weighed:
        facts.append(_("There is so much ink that nothing had to be weighed."))
    return facts
