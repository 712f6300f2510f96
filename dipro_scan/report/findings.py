"""What was found on a page besides its text, and what is doubtful about it, in sentences."""

from __future__ import annotations

from collections import Counter

from dipro_scan.imaging.explained_words import (
    blank_doubt_sentence,
    fault_words,
    mark_words,
    size_words,
    stamp_word,
)
from dipro_scan.imaging.paper_sizes import size_name
from dipro_scan.model import Box, FaultKind, MarkVerdict, PageReading, Stamp, TextConfidence
from dipro_scan.settings import BorderSettings
from dipro_scan.translation import _, ngettext, number


def paper_size(reading: PageReading) -> tuple[float, float, str | None] | None:
    """Width and height of the paper in mm, and the name of that size; None where it was not measured."""
    found = {item.name: item.value for item in reading.measurements}
    if "paper_width" not in found or "paper_height" not in found:
        return None
    width, height = found["paper_width"], found["paper_height"]
    return width, height, size_name(width, height, BorderSettings().size_tolerance_mm)


def finding_sentences(reading: PageReading) -> list[str]:
    """The paper, what of it is shown, and what lies on it; nothing about what was not found."""
    lines = []
    paper = paper_size(reading)
    if paper is not None:
        width, height, name = paper
        known = size_words(name) if name else _("no usual size")
        values = {"width": number(width, 1), "height": number(height, 1), "name": known}
        lines.append(_("Paper: %(width)s × %(height)s mm (%(name)s)") % values)
    if reading.crop_mm is not None:
        lines.append(_crop_sentence(reading.crop_mm, reading.geometry.hull()))
    if reading.parts:
        lines.append(_("The scan holds two pages side by side; they are shown one after the other."))
    if reading.confidence is not None:
        lines.append(_confidence_sentence(reading.confidence))
    found = [*_faults(reading), *_stamps(reading.stamps), *_marks(reading)]
    if found:
        lines.append(_("Found: %(things)s") % {"things": ", ".join(found)})
    return lines


def _confidence_sentence(confidence: TextConfidence) -> str:
    """How sure the text is where it is least sure: words alone, and lines together."""
    tenth = dict(confidence.quantiles).get(0.1, confidence.mean)
    region = confidence.worst_region
    values = {"tenth": number(tenth, 2), "worst": number(confidence.worst, 2)}
    if region is None:
        return _("Confidence: a tenth of the words below %(tenth)s") % values
    values |= {"top": number(region.y0, 0), "bottom": number(region.y1, 0)}
    sentence = _(
        "Confidence: a tenth of the words below %(tenth)s; the least sure lines, %(top)s to %(bottom)s mm"
        " from the top: %(worst)s"
    )
    return sentence % values


def _crop_sentence(crop: Box, whole: Box) -> str:
    values = {
        "top": number(crop.y0 - whole.y0, 1),
        "right": number(whole.x1 - crop.x1, 1),
        "bottom": number(whole.y1 - crop.y1, 1),
        "left": number(crop.x0 - whole.x0, 1),
        "width": number(crop.width_mm, 1),
        "height": number(crop.height_mm, 1),
    }
    sentence = _(
        "Border left out: top %(top)s mm, right %(right)s mm, bottom %(bottom)s mm, left %(left)s mm;"
        " shown are %(width)s × %(height)s mm"
    )
    return sentence % values


def _faults(reading: PageReading) -> list[str]:
    counts = Counter(fault.kind for fault in reading.faults)
    return [fault_words(kind, counts[kind]) for kind in FaultKind if counts[kind]]


def _stamps(stamps: tuple[Stamp, ...]) -> list[str]:
    if not stamps:
        return []
    count = ngettext("%(count)d stamp", "%(count)d stamps", len(stamps)) % {"count": len(stamps)}
    told = [stamp.text or stamp_word(stamp.shape) for stamp in stamps]
    return [f"{count} ({'; '.join(told)})"]


def _marks(reading: PageReading) -> list[str]:
    counts = Counter(mark.verdict for mark in reading.marks)
    return [mark_words(verdict, counts[verdict]) for verdict in MarkVerdict if counts[verdict]]


def doubt_sentences(reading: PageReading) -> list[str]:
    """Each doubt as a sentence; why a page is doubtful follows the one about blank pages."""
    lines = []
    for doubt in reading.doubts:
        sentence = doubt_sentence(doubt)
        if doubt == "blank_doubtful" and reading.blank_doubt is not None:
            sentence = f"{sentence} {blank_doubt_sentence(reading.blank_doubt)}"
        lines.append(sentence)
    return lines


def doubt_sentence(doubt: str) -> str:
    """What a doubt means for a clerk; an unknown id stays as it is."""
    known = {
        "orientation_unsure": _("It is not sure that the page stands upright; look whether to turn it."),
        "skew_unsure": _("It could not be told for sure how askew the page lies; it was not straightened."),
        "skew_out_of_range": _("The page lies too askew to be straightened; scan it again."),
        "low_confidence": _("The page is hard to read; compare its text with the paper."),
        "fraktur_unread": _(
            "The page seems to be in Fraktur; install language data for it (deu_latf) and read it again."
        ),
        "low_confidence_region": _("A part of the page is hard to read; compare its text with the paper."),
        "blank_doubtful": _("It is not sure whether the page is blank; it is kept."),
        "truncated": _("The file breaks off; the end of the page may be missing. Scan it again."),
        "symbol_coding": _(
            "The file was stored in a way (JBIG2 symbols) that may exchange letters that look alike;"
            " compare figures with the paper."
        ),
        "ink_cut_off_top": _("Writing is cut off at the top; scan the page again."),
        "ink_cut_off_right": _("Writing is cut off on the right; scan the page again."),
        "ink_cut_off_bottom": _("Writing is cut off at the bottom; scan the page again."),
        "ink_cut_off_left": _("Writing is cut off on the left; scan the page again."),
    }
    return known.get(doubt, doubt)
