"""The page floor: a page goes in, its reading and its encoded image come out.

Pure functions for worker processes: no clock but for the cost, no database, nothing written.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Final

from dipro_scan import imaging, ocr
from dipro_scan.batch.upright import Attempt, UprightReader, UprightReading
from dipro_scan.intake import outline, pages
from dipro_scan.model import (
    MM_PER_INCH,
    BlankVerdict,
    EngineIdentity,
    ImageStream,
    OcrEngine,
    Page,
    PageGeometry,
    PageInput,
    PageReading,
    PageText,
    ProcessingStep,
    ReadingImage,
    SourceOutline,
)
from dipro_scan.settings import ImagingSettings, IntakeSettings, ReadingSettings, SeparationSettings

COARSE_SCAN: Final = 1.25
"""A scan with less than so many times the resolution for large print is read at the full one."""

_DOUBTS_BY_STEP = {"truncated": "truncated", "jbig2_symbol_coding": "symbol_coding"}


@dataclass(frozen=True, slots=True)
class PageSettings:
    """The settings that bear on reading a page."""

    intake: IntakeSettings
    imaging: ImagingSettings
    reading: ReadingSettings
    separation: SeparationSettings


@dataclass(frozen=True, slots=True)
class PageResult:
    """What a worker returns: the reading and the page's encoded image."""

    reading: PageReading
    stream: ImageStream


def identify_engine(settings: ReadingSettings) -> EngineIdentity:
    """Who will read, in which version, with which models. Raises what making the engine raises."""
    return _engines(settings.model_dump_json())[0].identity


def outline_source(path: str, settings: IntakeSettings) -> SourceOutline:
    """Counts a source's pages; see `intake.outline.outline_source`."""
    return outline.outline_source(Path(path), settings)


def read_page(page_input: PageInput, settings: PageSettings) -> PageResult:
    """Opens, turns, straightens and reads one page.

    Raises PageFailed where the page's image cannot be decoded, and whatever the last engine raises.
    """
    started = time.perf_counter()
    page = pages.open_page(page_input, settings.intake)
    view = imaging.upright_view(page.pixels, page.orientation, page.resolution, settings.reading.dpi)
    blank = imaging.judge_blank(view, settings.imaging.blank)
    upright = _read_view(view, min(page.resolution), blank.verdict, page_input.hints.rotation, settings)
    seen = upright.attempt
    skew = seen.skew
    doubts = [*_source_doubts(page), *upright.doubts, *([skew.doubt] if skew.doubt else [])]
    if (seen.text.mean_confidence or 0.0) < settings.reading.min_mean_confidence and any(seen.text.words()):
        doubts.append("low_confidence")
    if blank.verdict is BlankVerdict.DOUBTFUL:
        doubts.append("blank_doubtful")
    reading = PageReading(
        content_sha256=content_sha256(page),
        geometry=_geometry(page, seen.rotation, skew.degrees),
        resolution=page.resolution,
        resolution_origin=page.resolution_origin,
        colour=page.colour,
        rotation_confidence=upright.confidence,
        blank=blank.verdict,
        text=seen.text,
        engine=seen.engine,
        codes=seen.codes,
        measurements=(*blank.measurements, *imaging.measure_page(view)),
        doubts=tuple(doubts),
        steps=_steps(page, seen.rotation, skew.degrees, seen.image),
        visible_text=page.visible_text,
        image_hash=None if blank.verdict is BlankVerdict.BLANK else imaging.image_hash(seen.image),
        seconds=round(time.perf_counter() - started, 3),
    )
    return PageResult(reading, page.stream)


def keep_page(page_input: PageInput, settings: PageSettings, why: str) -> PageResult:
    """The page as its source shows it, or as hinted, without any reading: for pages whose reading failed.

    Raises PageFailed where not even the image can be taken out.
    """
    page = pages.open_page(page_input, settings.intake)
    rotation = page_input.hints.rotation or 0
    reading = PageReading(
        content_sha256=content_sha256(page),
        geometry=_geometry(page, rotation, 0.0),
        resolution=page.resolution,
        resolution_origin=page.resolution_origin,
        colour=page.colour,
        rotation_confidence=0.0,
        blank=BlankVerdict.NOT_BLANK,
        text=PageText(),
        engine=None,
        doubts=tuple(_source_doubts(page)),
        steps=(*page.steps, *_turn(rotation)),
        visible_text=page.visible_text,
        failed=why,
    )
    return PageResult(reading, page.stream)


def draw_reading(page_input: PageInput, settings: PageSettings, reading: PageReading, target: Path) -> None:
    """Writes the picture that was read as PNG, words framed and codes marked, for `inspect --debug`."""
    page = pages.open_page(page_input, settings.intake)
    view = imaging.upright_view(page.pixels, page.orientation, page.resolution, settings.reading.dpi)
    turned = imaging.turn_quarter(view, reading.geometry.rotation)
    straight = imaging.straighten(turned, reading.geometry.skew_degrees)
    boxes = [word.box for word in reading.text.words()]
    imaging.draw_boxes(straight, boxes, [code.box for code in reading.codes if code.box], target)


def content_sha256(page: Page) -> str:
    """The same for the same image at the same size and way up, in whatever file it turns up."""
    stream = page.stream
    facts = {
        "filter": stream.filter,
        "size": [stream.width_px, stream.height_px],
        "colour": [stream.colour_space, stream.bits_per_component, stream.inverted],
        "parms": stream.decode_parms,
        "resolution": [round(page.resolution.x, 1), round(page.resolution.y, 1)],
        "orientation": page.orientation,
    }
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for part in (stream.palette, stream.icc_profile, stream.jbig2_globals, stream.data):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


@lru_cache(maxsize=4)
def _engines(settings_json: str) -> tuple[OcrEngine, ...]:
    # One set a process: language data are loaded once, not once a page.
    return ocr.create_engines(ReadingSettings.model_validate_json(settings_json))


def _read_view(
    view: ReadingImage, scanned_dpi: float, blank: BlankVerdict, hint: int | None, settings: PageSettings
) -> UprightReading:
    """The page read the right way up; as it lies and unread where it is blank; as hinted where it is."""
    engines = _engines(settings.reading.model_dump_json())
    # Of a coarse scan nothing more is given away: the dots of an umlaut are only just there.
    coarse = scanned_dpi < COARSE_SCAN * settings.reading.large_print_dpi
    large_print_dpi = settings.reading.dpi if coarse else settings.reading.large_print_dpi
    reader = UprightReader(engines, settings.imaging, settings.separation, large_print_dpi)
    if blank is BlankVerdict.BLANK:
        turned = imaging.turn_quarter(view, hint or 0)
        codes = imaging.find_codes(turned, settings.separation)
        level = imaging.SkewEstimate(0.0, 1.0)
        attempt = Attempt(hint or 0, turned, level, codes, PageText(), None)
        return UprightReading(attempt, 0.0 if hint is None else 1.0)
    if hint is not None:
        return UprightReading(reader.attempt(view, hint), 1.0)
    return reader.read(view)


def _source_doubts(page: Page) -> list[str]:
    """Doubts that the file itself gives: what was done to open it says so."""
    found = {step.name for step in page.steps}
    return [doubt for step, doubt in _DOUBTS_BY_STEP.items() if step in found]


def _geometry(page: Page, rotation: int, skew_degrees: float) -> PageGeometry:
    stream = page.stream
    width_mm = stream.width_px / page.resolution.x * MM_PER_INCH
    height_mm = stream.height_px / page.resolution.y * MM_PER_INCH
    if (page.orientation >= 5) != (rotation in (90, 270)):
        width_mm, height_mm = height_mm, width_mm
    return PageGeometry(
        width_mm=round(width_mm, 3),
        height_mm=round(height_mm, 3),
        orientation=page.orientation,
        rotation=rotation,
        skew_degrees=round(skew_degrees, 4),
    )


def _steps(
    page: Page, rotation: int, skew_degrees: float, straight: ReadingImage
) -> tuple[ProcessingStep, ...]:
    steps = [*page.steps, *_turn(rotation)]
    if skew_degrees:
        steps.append(
            ProcessingStep("deskew", archive=True, parameters={"degrees_clockwise": round(skew_degrees, 4)})
        )
    steps.append(
        ProcessingStep(
            "reading_image", archive=False, parameters={"dpi": round(straight.dpi, 1), "gray": True}
        )
    )
    return tuple(steps)


def _turn(rotation: int) -> tuple[ProcessingStep, ...]:
    if not rotation:
        return ()
    return (ProcessingStep("rotate", archive=True, parameters={"degrees_clockwise": rotation}),)


def settings_facts(settings: PageSettings) -> dict[str, object]:
    """The settings as JSON values, for the key of a reading."""
    facts = {part.name: getattr(settings, part.name).model_dump(mode="json") for part in fields(settings)}
    # Rules for separating alone change nothing that is read.
    return {**facts, "separation": settings.separation.seen_on_pages()}
