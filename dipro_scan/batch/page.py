"""The page floor: a page goes in, its reading and its encoded image come out.

Pure functions for worker processes: no clock but for the cost, no database, nothing written.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from dipro_scan import imaging, ocr
from dipro_scan.batch.compacting import Compacted, compacted
from dipro_scan.batch.seeing import PageViews, Sight, UprightPaper, look_at, upright_paper, upright_stamps
from dipro_scan.batch.transcript import Readers, transcribed
from dipro_scan.batch.upright import Attempt, UprightReader, UprightReading
from dipro_scan.intake import outline, pages
from dipro_scan.model import (
    MM_PER_INCH,
    BlankVerdict,
    Box,
    EngineIdentity,
    ImageStream,
    LineEngine,
    Measurement,
    OcrEngine,
    Page,
    PageGeometry,
    PageHints,
    PageInput,
    PageReading,
    PageText,
    ProcessingStep,
    SourceOutline,
    Stamp,
    StoredImage,
)
from dipro_scan.settings import (
    ImageSettings,
    ImagingSettings,
    IntakeSettings,
    Pipeline,
    ReadingSettings,
    SeparationSettings,
)

COARSE_SCAN: Final = 1.25
"""A scan with less than so many times the resolution for large print is read at the full one."""

_NO_PIXELS: Final = np.empty((0, 0), dtype=np.uint8)
_DOUBTS_BY_STEP = {"truncated": "truncated", "jbig2_symbol_coding": "symbol_coding"}


_AS_SCANNED: Final = ImageSettings(mode="original")


@dataclass(frozen=True, slots=True)
class PageSettings:
    """The settings that bear on reading a page."""

    intake: IntakeSettings
    imaging: ImagingSettings
    reading: ReadingSettings
    separation: SeparationSettings
    images: ImageSettings = _AS_SCANNED

    @staticmethod
    def of(pipeline: Pipeline) -> PageSettings:
        """Those of a pipeline."""
        return PageSettings(
            pipeline.intake, pipeline.imaging, pipeline.reading, pipeline.separation, pipeline.images
        )


@dataclass(frozen=True, slots=True)
class PageResult:
    """What a worker returns: the reading, the page's encoded image, and a smaller one where there is any."""

    reading: PageReading
    stream: ImageStream
    smaller: StoredImage | None = None


def identify_engines(settings: ReadingSettings) -> tuple[EngineIdentity, ...]:
    """Who will read, in which version, with which models; then the second reader, where there is one.

    Raises what making them raises.
    """
    text = settings.model_dump_json()
    second = _second_reader(text)
    return (_engines(text)[0].identity, *(() if second is None else (second.identity,)))


def outline_source(path: str, settings: IntakeSettings) -> SourceOutline:
    """Counts a source's pages; see `intake.outline.outline_source`."""
    return outline.outline_source(Path(path), settings)


def read_page(page_input: PageInput, settings: PageSettings) -> PageResult:
    """Opens, turns, straightens and reads one page.

    Raises PageFailed where the page's image cannot be decoded, and whatever the last engine raises.
    """
    started = time.perf_counter()
    page = pages.open_page(page_input, settings.intake)
    hints = page_input.hints
    sight = look_at(page, settings.reading.dpi, settings.imaging, known_blank=hints.blank)
    smaller = _smaller(page, sight, settings)
    # From here on only what was seen is read: the scan at its full resolution need not stay that long.
    page = replace(page, pixels=_NO_PIXELS)
    blank = sight.blank
    upright = _read_views(sight.views, min(page.resolution), blank.verdict, hints.rotation, settings)
    seen = upright.attempt
    skew = seen.skew
    paper = upright_paper(sight, seen.rotation, skew.degrees, settings.imaging.border)
    geometry = _geometry(page, seen.rotation, skew.degrees, paper.crop_mm)
    stamps = _stamps(sight, seen, blank.verdict)
    reading_json = settings.reading.model_dump_json()
    readers = Readers(_engines(reading_json), _second_reader(reading_json))
    transcript = transcribed(sight, seen, readers, stamps, settings.reading)
    reading = PageReading(
        content_sha256=content_sha256(page),
        geometry=geometry,
        resolution=page.resolution,
        resolution_origin=page.resolution_origin,
        colour=page.colour,
        rotation_confidence=upright.confidence,
        blank=blank.verdict,
        text=transcript.text,
        engine=seen.engine,
        codes=seen.codes,
        measurements=(
            *_measured_skew(skew, settings.imaging),
            *sight.measurements,
            *paper.measurements,
            *(smaller.measurements if smaller is not None else ()),
        ),
        doubts=_doubts(page, upright, blank, paper, transcript.doubts),
        steps=(*_told(hints), *_steps(page, upright, sight, paper), *transcript.steps),
        visible_text=page.visible_text,
        image_hash=None if blank.verdict is BlankVerdict.BLANK else imaging.image_hash(seen.views.scan),
        parts=_parts(seen.spread, geometry),
        paper_size=paper.size_name,
        faults=paper.faults,
        stamps=transcript.stamps,
        marks=seen.marks,
        orientation_evidence=upright.evidence,
        blank_doubt=blank.doubt,
        thumbnail=sight.thumbnail,
        confidence=transcript.confidence,
        rereadings=transcript.rereadings,
        second_reader=transcript.second_reader,
        smaller=smaller.told if smaller is not None else None,
        seconds=round(time.perf_counter() - started, 3),
    )
    return PageResult(reading, page.stream, smaller.image if smaller is not None else None)


def stored_images(page_input: PageInput, settings: PageSettings) -> tuple[ImageStream, StoredImage | None]:
    """The page's encoded image and its smaller one again, the same as `read_page` made.

    Raises PageFailed where the page's image cannot be decoded.
    """
    page = pages.open_page(page_input, settings.intake)
    sight = look_at(page, settings.reading.dpi, settings.imaging, known_blank=page_input.hints.blank)
    smaller = _smaller(page, sight, settings)
    return page.stream, smaller.image if smaller is not None else None


def _smaller(page: Page, sight: Sight, settings: PageSettings) -> Compacted | None:
    if sight.blank.verdict is BlankVerdict.BLANK:
        # It is set aside, as it was scanned.
        return None
    return compacted(page, sight.paper, settings.images, settings.imaging.border)


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


@lru_cache(maxsize=4)
def _second_reader(settings_json: str) -> LineEngine | None:
    settings = ReadingSettings.model_validate_json(settings_json)
    return ocr.create_second_reader(settings, settings.second_reader)


def _read_views(
    views: PageViews, scanned_dpi: float, blank: BlankVerdict, hint: int | None, settings: PageSettings
) -> UprightReading:
    """The page read the right way up; as it lies and unread where it is blank; as hinted where it is."""
    engines = _engines(settings.reading.model_dump_json())
    # Of a coarse scan nothing more is given away: the dots of an umlaut are only just there.
    coarse = scanned_dpi < COARSE_SCAN * settings.reading.large_print_dpi
    large_print_dpi = settings.reading.dpi if coarse else settings.reading.large_print_dpi
    reader = UprightReader(engines, settings.imaging, settings.separation, large_print_dpi)
    if blank is BlankVerdict.BLANK:
        turned = views.turned(hint or 0)
        codes = imaging.find_codes(turned.scan, settings.separation)
        level = imaging.SkewEstimate(0.0, 1.0)
        attempt = Attempt(hint or 0, turned, level, codes, PageText(), None)
        return UprightReading(attempt, 0.0 if hint is None else 1.0)
    if hint is not None:
        return UprightReading(reader.attempt(views, hint), 1.0)
    return reader.read(views)


def _doubts(
    page: Page,
    upright: UprightReading,
    blank: imaging.BlankJudgement,
    paper: UprightPaper,
    reading: tuple[str, ...],
) -> tuple[str, ...]:
    skew = upright.attempt.skew
    doubts = [*_source_doubts(page), *upright.doubts, *([skew.doubt] if skew.doubt else []), *reading]
    if blank.verdict is BlankVerdict.DOUBTFUL:
        doubts.append("blank_doubtful")
    return (*doubts, *paper.doubts)


def _source_doubts(page: Page) -> list[str]:
    """Doubts that the file itself gives: what was done to open it says so."""
    found = {step.name for step in page.steps}
    return [doubt for step, doubt in _DOUBTS_BY_STEP.items() if step in found]


def _geometry(page: Page, rotation: int, skew_degrees: float, crop_mm: Box | None = None) -> PageGeometry:
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
        crop_mm=crop_mm,
    )


def _parts(spread: imaging.Spread | None, geometry: PageGeometry) -> tuple[Box, ...]:
    """What is shown of a spread, cut in two where its pages meet."""
    if spread is None:
        return ()
    shown = geometry.shown()
    gutter_mm = round(spread.gutter_x_mm, 3)
    return shown._replace(x1=gutter_mm), shown._replace(x0=gutter_mm)


def _measured_skew(skew: imaging.SkewEstimate, settings: ImagingSettings) -> tuple[Measurement, ...]:
    """The skew that was seen, whether or not the page was straightened by it; nothing where none was."""
    if skew.measured_degrees is None:
        return ()
    degrees, limit = round(skew.measured_degrees, 4), settings.max_skew_degrees
    return (Measurement("skew", degrees, "degrees", limit, "notable" if skew.doubt else "ok"),)


def _steps(
    page: Page, upright: UprightReading, sight: Sight, paper: UprightPaper
) -> tuple[ProcessingStep, ...]:
    seen = upright.attempt
    steps = [*page.steps, *_turn(seen.rotation)]
    if seen.skew.degrees:
        facts: dict[str, float | int | str | bool] = {"degrees_clockwise": round(seen.skew.degrees, 4)}
        steps.append(ProcessingStep("deskew", archive=True, parameters=facts))
    steps += paper.steps
    if seen.spread is not None:
        facts = {"gutter_mm": round(seen.spread.gutter_x_mm, 2), "confidence": seen.spread.confidence}
        steps.append(ProcessingStep("split_spread", archive=True, parameters=facts))
    steps += [*sight.steps, *seen.steps]
    facts = {"dpi": round(seen.views.reading.dpi, 1), "gray": True}
    steps.append(ProcessingStep("reading_image", archive=False, parameters=facts))
    return tuple(steps)


def _stamps(sight: Sight, seen: Attempt, blank: BlankVerdict) -> tuple[Stamp, ...]:
    if blank is BlankVerdict.BLANK or seen.engine is None:
        return ()
    return upright_stamps(sight, seen.views.scan, seen.rotation, seen.skew.degrees)


def _told(hints: PageHints) -> tuple[ProcessingStep, ...]:
    """What was not found out on the page itself: how it lies, or that it is blank, and who said so."""
    if hints.rotation is None and not hints.blank:
        return ()
    facts: dict[str, float | int | str | bool] = {"by": hints.by}
    if hints.rotation is not None:
        facts["rotation"] = hints.rotation
    if hints.blank:
        facts["blank"] = True
    return (ProcessingStep("hint", archive=False, parameters=facts),)


def _turn(rotation: int) -> tuple[ProcessingStep, ...]:
    if not rotation:
        return ()
    return (ProcessingStep("rotate", archive=True, parameters={"degrees_clockwise": rotation}),)


def settings_facts(settings: PageSettings) -> dict[str, object]:
    """The settings as JSON values, for the key of a reading."""
    facts = {part.name: getattr(settings, part.name).model_dump(mode="json") for part in fields(settings)}
    # Rules for separating alone change nothing that is read.
    return {**facts, "separation": settings.separation.seen_on_pages()}
