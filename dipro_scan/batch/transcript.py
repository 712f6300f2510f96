"""From what the engine saw on the upright page to its text: ordered, mended by its ink, doubtful lines read
again, and with a confidence that means something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dipro_scan import imaging
from dipro_scan.batch.fraktur import fraktur_languages
from dipro_scan.batch.further_reading import further_reading
from dipro_scan.batch.seeing import Sight
from dipro_scan.batch.upright import Attempt
from dipro_scan.imaging.level_piece import level_piece
from dipro_scan.imaging.local_contrast import local_contrast
from dipro_scan.model import (
    Box,
    EngineIdentity,
    LineEngine,
    OcrEngine,
    PageFailed,
    PageText,
    PieceEngine,
    ProcessingStep,
    ReadingImage,
    Rereading,
    Stamp,
    TextConfidence,
)
from dipro_scan.ocr.calibration import calibrated, calibration_step
from dipro_scan.ocr.doubled_words import without_doubles
from dipro_scan.ocr.handwriting import with_handwriting_apart
from dipro_scan.ocr.ink_shapes import mended_by_ink
from dipro_scan.ocr.line_cut_outs import framed, surroundings
from dipro_scan.ocr.mark_words import without_ticks
from dipro_scan.ocr.reading_order import in_reading_order
from dipro_scan.ocr.rereading import Treatment, reread, usual_treatments
from dipro_scan.ocr.scripts import looks_like_fraktur
from dipro_scan.ocr.specks import without_specks
from dipro_scan.ocr.text_confidence import text_confidence
from dipro_scan.settings import ReadingSettings

FRAKTUR_UNREAD: Final = "fraktur_unread"
"""The doubt of a page in Fraktur that was read with data for modern print, because there are no others."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The engines that read pages, the first that does not fail, and the one for what stays doubtful."""

    engines: tuple[OcrEngine, ...]
    second: LineEngine | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A page's text, how sure it is, which lines were read again, and what else was done and seen.

    What stamps say stands behind the page's own text, in blocks of their own kind. `stamps` are those that
    were handed in, read. `doubts` are stable ids.
    """

    text: PageText
    stamps: tuple[Stamp, ...] = ()
    confidence: TextConfidence | None = None
    rereadings: tuple[Rereading, ...] = ()
    steps: tuple[ProcessingStep, ...] = ()
    doubts: tuple[str, ...] = ()
    second_reader: EngineIdentity | None = None


def transcribed(
    sight: Sight,
    seen: Attempt,
    readers: Readers,
    stamps: tuple[Stamp, ...],
    settings: ReadingSettings,
) -> Transcript:
    """The text of the upright page `seen`, which one of `readers` has read."""
    reader = next((each for each in readers.engines if each.identity == seen.engine), None)
    if seen.engine is None or reader is None:
        return Transcript(seen.text, stamps)
    steps: list[ProcessingStep] = []
    first, tried = _in_old_print(seen, reader, settings, steps)
    is_old = first is not seen.text
    once = without_doubles(without_ticks(first, seen.marks))
    mended = mended_by_ink(once, seen.views.reading)
    steps += _ink_steps(first, mended)
    more = further_reading(sight, replace(seen, text=mended), stamps, reader, settings.further)
    steps += more.steps
    found = without_doubles(more.text)
    halves = _halves(found, seen.spread)
    ordered = without_specks(PageText(tuple(block for half in halves for block in half.blocks)))
    treatments = _treatments(seen, reader, readers.second, is_old=is_old)
    text, rereadings = reread(
        with_handwriting_apart(ordered, seen.views.reading), treatments, settings.rereading, mended_by_ink
    )
    steps += _reread_steps(rereadings)
    text = PageText((*text.blocks, *more.stamp_blocks))
    if settings.confidence.calibrate:
        read_by = _in_fraktur(seen.engine, reader) if is_old else seen.engine
        text = calibrated(text, read_by, rereadings=rereadings)
        steps.append(calibration_step(read_by))
    confidence = text_confidence(text)
    doubts = (
        () if confidence is None else settings.confidence.doubts_of(confidence, settings.min_mean_confidence)
    )
    if not tried and looks_like_fraktur(first):
        doubts = (*doubts, FRAKTUR_UNREAD)
    return Transcript(
        text,
        more.stamps,
        confidence,
        rereadings,
        tuple(steps),
        doubts,
        _who_helped(readers.second, rereadings),
    )


def _who_helped(second: LineEngine | None, rereadings: Sequence[Rereading]) -> EngineIdentity | None:
    """The second reader, where words of it stand in the text."""
    if second is None or not any(each.taken and each.engine == second.identity.name for each in rereadings):
        return None
    return second.identity


def _in_fraktur(engine: EngineIdentity, reader: OcrEngine) -> EngineIdentity:
    """`engine` with the data for Fraktur alone: nobody has measured how sure it is then."""
    name = reader.fraktur if isinstance(reader, PieceEngine) else None
    return replace(engine, models={name or "": engine.models.get(name or "", "")})


def _in_old_print(
    seen: Attempt, reader: OcrEngine, settings: ReadingSettings, steps: list[ProcessingStep]
) -> tuple[PageText, bool]:
    """What was read, or read again with the data for Fraktur where the page is in it and they are there; and
    whether that could be tried, if it was asked for. A page over which they fail keeps what was read."""
    if settings.further.fraktur != "auto" or not isinstance(reader, PieceEngine):
        return seen.text, True
    if reader.fraktur is None or seen.spread is not None:
        return seen.text, False
    view = seen.views.reading
    try:
        languages = fraktur_languages(view, seen.text, reader.fraktur, reader.read_line)
        if languages is None:
            return seen.text, True
        text = reader.read_in(view, languages)
    except PageFailed:
        return seen.text, False
    facts: dict[str, float | int | str | bool] = {"data": reader.fraktur}
    steps.append(ProcessingStep("read_fraktur", archive=False, parameters=facts))
    return text, True


def _treatments(
    seen: Attempt, reader: OcrEngine, second: LineEngine | None, *, is_old: bool
) -> tuple[Treatment, ...]:
    """How doubtful lines are read again; those of a page in Fraktur with the data for it alone."""
    if not isinstance(reader, LineEngine) or seen.turned is None:
        return ()
    cut = _cutter(seen.turned.reading, seen.skew.degrees)
    if is_old and isinstance(reader, PieceEngine) and reader.fraktur is not None:
        (first,) = usual_treatments(reader, cut, local_contrast)
        return (replace(first, languages=(reader.fraktur,)),)
    return usual_treatments(reader, cut, local_contrast, second)


def _cutter(turned: ReadingImage, skew_degrees: float) -> Callable[[Box], ReadingImage]:
    """What a line is read again from: the image as fine as it was looked at, a piece of it straightened."""
    return lambda box: framed(level_piece(turned, skew_degrees, surroundings(box)))


def _halves(text: PageText, spread: imaging.Spread | None) -> Iterator[PageText]:
    """The text in its reading order, of a spread the left page's before the right one's."""
    if spread is None:
        yield in_reading_order(text)
        return
    left = [block for block in text.blocks if _middle(block.box) < spread.gutter_x_mm]
    right = [block for block in text.blocks if _middle(block.box) >= spread.gutter_x_mm]
    yield in_reading_order(PageText(tuple(left)))
    yield in_reading_order(PageText(tuple(right)))


def _middle(box: Box) -> float:
    return (box.x0 + box.x1) / 2


def _ink_steps(first: PageText, mended: PageText) -> list[ProcessingStep]:
    new = set(mended.words()) - set(first.words())
    return [ProcessingStep("read_by_ink", archive=False, parameters={"words": len(new)})] if new else []


def _reread_steps(rereadings: Sequence[Rereading]) -> list[ProcessingStep]:
    if not rereadings:
        return []
    facts: dict[str, float | int | str | bool] = {
        "lines": len(rereadings),
        "taken": sum(each.taken for each in rereadings),
    }
    return [ProcessingStep("reread", archive=False, parameters=facts)]
