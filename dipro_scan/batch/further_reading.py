"""What is read of a page besides the lines that its reading found: stamps, and places that were missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dipro_scan.batch.block_reading import with_blocks_apart
from dipro_scan.batch.seeing import Sight
from dipro_scan.batch.side_text import with_side_text
from dipro_scan.batch.stamp_reading import ReadStamps, read_stamps
from dipro_scan.batch.upright import Attempt
from dipro_scan.imaging.cut_outs import PageFrame
from dipro_scan.model import (
    Block,
    OcrEngine,
    PageFailed,
    PageText,
    PieceEngine,
    ProcessingStep,
    ReadingImage,
    Stamp,
)
from dipro_scan.ocr.handwriting import is_handwriting
from dipro_scan.settings.further_settings import FurtherReadingSettings


@dataclass(frozen=True, slots=True)
class FurtherReading:
    """`text` is the page's own, without the words of stamps; those are `stamp_blocks`, one for each stamp
    that could be read. `steps` say what was read by itself."""

    text: PageText
    stamps: tuple[Stamp, ...]
    stamp_blocks: tuple[Block, ...] = ()
    steps: tuple[ProcessingStep, ...] = ()


def further_reading(
    sight: Sight,
    seen: Attempt,
    stamps: tuple[Stamp, ...],
    engine: OcrEngine,
    settings: FurtherReadingSettings,
) -> FurtherReading:
    """The upright page `seen` with its `stamps` read and with what was missed on it.

    Nothing is done where nothing was read, or where `engine` cannot read pieces. A piece over which the
    engine fails has no text; the page keeps its own.
    """
    if seen.engine is None or not isinstance(engine, PieceEngine):
        return FurtherReading(seen.text, stamps)
    steps = []
    read = ReadStamps(stamps, seen.text, ())
    if settings.stamps and stamps:
        pixels = sight.scan.pixels if sight.colours is None else sight.colours
        height, width = pixels.shape[:2]
        frame = PageFrame(width, height, sight.scan.dpi, seen.rotation, seen.skew.degrees)
        read = read_stamps(stamps, pixels, frame, seen.text, _forgiving(engine.read_block))
        steps.append(ProcessingStep("read_stamps", archive=False, parameters={"read": len(read.blocks)}))
    text = read.text
    if settings.missed_text:
        others = [mark.box for mark in seen.marks] + [stamp.box for stamp in read.stamps]
        others += [code.box for code in seen.codes if code.box is not None]
        view = seen.views.reading
        text, apart = with_blocks_apart(
            view, text, others, _forgiving(engine.read_block), lambda line: not is_handwriting(line, view)
        )
        if apart:
            steps.append(ProcessingStep("read_blocks", archive=False, parameters={"blocks": apart}))
        side = with_side_text(
            view,
            text,
            others,
            _forgiving(engine.read_line),
            _forgiving(engine.read_block),
            _forgiving(engine.read_rows),
        )
        text = side.text
        if side.regions or side.turned or side.in_rows:
            facts: dict[str, float | int | str | bool] = {
                "places": side.regions,
                "words": side.added,
                "turned_lines": side.turned,
                "in_rows": side.in_rows,
            }
            steps.append(ProcessingStep("read_missed_text", archive=False, parameters=facts))
    return FurtherReading(text, read.stamps, read.blocks, tuple(steps))


def _forgiving(read: Callable[[ReadingImage], PageText]) -> Callable[[ReadingImage], PageText]:
    def read_or_nothing(image: ReadingImage) -> PageText:
        try:
            return read(image)
        except (PageFailed, RuntimeError):
            return PageText()

    return read_or_nothing
