"""What is seen on a page before it is read, on its paper, and the two images of it that are never confused.

The scan is what the archive keeps: it is only turned, straightened and cut to the paper. The reading image
is for the engine alone and may be anything that reads better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dipro_scan import imaging
from dipro_scan.model import (
    BlankVerdict,
    Box,
    Colour,
    Measurement,
    Page,
    PaperFault,
    ProcessingStep,
    ReadingImage,
    Stamp,
)
from dipro_scan.settings import BorderSettings, ImagingSettings

PAPER_STEP: Final = "clear_border"

STAMPS_DPI: Final = 100.0
MIN_STAMP_CONFIDENCE: Final = 0.5
"""What is less sure is a hint that might be a logo or a signature, and no stamp."""


@dataclass(frozen=True, slots=True)
class PageViews:
    """The page as it was scanned, without what lies beside its paper, and as it is read; in one frame.

    Both are the same object where nothing was to be bettered for reading.
    """

    scan: ReadingImage
    reading: ReadingImage

    def turned(self, rotation: int) -> PageViews:
        """Both turned clockwise by quarters; not yet straightened."""
        return self._each(lambda view: imaging.turn_quarter(view, rotation))

    def straightened(self, skew_degrees: float, dpi: float | None = None) -> PageViews:
        """Both straightened, and with no more than `dpi`."""
        return self._each(lambda view: imaging.straighten(view, skew_degrees, dpi))

    def _each(self, change: Callable[[ReadingImage], ReadingImage]) -> PageViews:
        scan = change(self.scan)
        return PageViews(scan, scan if self.reading is self.scan else change(self.reading))


@dataclass(frozen=True, slots=True)
class Sight:
    """What a page shows as it came; everything lies in the frame of `scan`, not yet turned.

    `colours` are RGB, None for a page in gray; `small` are the same at 100 dpi, `stamps` those seen on them.
    `steps` is what was done to the reading image.
    """

    scan: ReadingImage
    views: PageViews
    colours: NDArray[np.uint8] | None
    blank: imaging.BlankJudgement
    measurements: tuple[Measurement, ...]
    steps: tuple[ProcessingStep, ...]
    thumbnail: bytes
    paper: PaperSight
    small: imaging.SmallColours | None = None
    stamps: tuple[Stamp, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperSight:
    """The paper on a view that is not yet straightened."""

    small: imaging.SmallPage
    frame: imaging.PaperFrame
    faults: tuple[PaperFault, ...]


@dataclass(frozen=True, slots=True)
class UprightPaper:
    """The paper of the upright page: what is shown, its size, what lies on it, what was measured, doubts."""

    crop_mm: Box | None
    size_name: str | None
    faults: tuple[PaperFault, ...]
    measurements: tuple[Measurement, ...]
    doubts: tuple[str, ...]
    steps: tuple[ProcessingStep, ...]


def look_at(page: Page, dpi: int, settings: ImagingSettings, *, known_blank: bool = False) -> Sight:
    """The page looked at with `dpi` dots per inch. `known_blank` where the other side explains all ink.

    Raises PageFailed where the page's pixels are no image.
    """
    scan = imaging.upright_view(page.pixels, page.orientation, page.resolution, dpi)
    scanned_dpi = min(page.resolution)
    colours = imaging.upright_colours(page.pixels, page.orientation, scan)
    contrast = imaging.paper_contrast(scan)
    blank = imaging.judge_blank(scan, settings.blank, contrast)
    if known_blank:
        blank = replace(blank, verdict=BlankVerdict.BLANK, doubt=None)
    paper = look_at_paper(scan, settings.border)
    streaks = imaging.find_streaks(paper.small, settings.border)
    measured = imaging.measure_page(
        scan,
        settings.measurements,
        colour=colours,
        kept=page.colour,
        contrast=contrast,
        scanned_dpi=scanned_dpi,
    )
    views = PageViews(scan, scan)
    steps: tuple[ProcessingStep, ...] = ()
    small, stamps = None, tuple[Stamp, ...]()
    if blank.verdict is not BlankVerdict.BLANK:
        bitonal = page.colour is Colour.BITONAL
        if colours is not None:
            small = imaging.small_colours(colours, scan.dpi, STAMPS_DPI)
            stamps = _sure(imaging.find_stamps(small.view, small.pixels))
        views, steps = page_views(
            scan, colours, paper, settings, bitonal=bitonal, scanned_dpi=scanned_dpi, stamps=stamps
        )
    return Sight(
        scan=scan,
        views=views,
        colours=colours,
        blank=blank,
        measurements=(*blank.measurements, *measured, *streaks.measurements),
        steps=steps,
        thumbnail=imaging.thumbnail(ReadingImage(paper.small.gray, paper.small.dpi)),
        paper=paper,
        small=small,
        stamps=stamps,
    )


def look_at_paper(view: ReadingImage, settings: BorderSettings) -> PaperSight:
    """Where the paper lies on `view`, not yet straightened, and what wear left on it."""
    small = imaging.small_page(view)
    frame = imaging.find_paper(small, settings)
    return PaperSight(small, frame, imaging.find_faults(small, frame, settings))


def upright_paper(sight: Sight, rotation: int, skew_degrees: float, settings: BorderSettings) -> UprightPaper:
    """The paper of a page that stands upright after a turn by `rotation` and is then straightened."""
    turned = imaging.turn_quarter(sight.scan, rotation)
    paper = look_at_paper(turned, settings) if rotation else sight.paper
    cut = imaging.find_cut_ink(paper.small, paper.frame, settings)
    crop = imaging.crop_box(turned, paper.small, paper.frame, skew_degrees, settings)
    return UprightPaper(
        crop_mm=crop,
        size_name=paper.frame.size_name,
        faults=paper.faults,
        measurements=(*imaging.measure_paper(paper.frame), cut.measurement),
        doubts=cut.doubts,
        steps=() if crop is None else (imaging.crop_step(crop, paper.frame),),
    )


def upright_stamps(
    sight: Sight, straight: ReadingImage, rotation: int, skew_degrees: float
) -> tuple[Stamp, ...]:
    """The stamps on the upright, straightened page, by their colour where the scan has any."""
    if sight.small is None:
        return _sure(imaging.find_stamps(straight))
    if not rotation and (not skew_degrees or not sight.stamps):
        return sight.stamps
    colours, view = imaging.upright_small_colours(sight.small, rotation, skew_degrees)
    return _sure(imaging.find_stamps(view, colours))


def _sure(stamps: Iterable[Stamp]) -> tuple[Stamp, ...]:
    return tuple(stamp for stamp in stamps if stamp.confidence >= MIN_STAMP_CONFIDENCE)


def page_views(
    scan: ReadingImage,
    colours: NDArray[np.uint8] | None,
    paper: PaperSight,
    settings: ImagingSettings,
    *,
    bitonal: bool,
    scanned_dpi: float | None = None,
    stamps: Sequence[Stamp] = (),
) -> tuple[PageViews, tuple[ProcessingStep, ...]]:
    """The two images of a page, and what was done to the one that is read."""
    if not settings.reading_image.enabled:
        return PageViews(scan, scan), ()
    cleared = imaging.without_border_and_faults(scan, paper.small, paper.frame, paper.faults, settings.border)
    steps: tuple[ProcessingStep, ...] = ()
    if cleared is not scan:
        facts: dict[str, float | int | str | bool] = {
            "lid": paper.frame.lid.value,
            "faults": len(paper.faults),
        }
        steps = (ProcessingStep(PAPER_STEP, archive=False, parameters=facts),)
    treated = imaging.treated_for_reading(
        cleared,
        settings.reading_image,
        colours,
        bitonal=bitonal,
        scanned_dpi=scanned_dpi,
        stamps=stamps,
    )
    return PageViews(cleared, treated.image), (*steps, *treated.steps)
