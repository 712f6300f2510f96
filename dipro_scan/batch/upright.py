"""Reads a page the right way up: cheap evidence first, then the reading itself, then the engine's opinion.

The letters' edges nearly always tell how a page lies, for a twentieth of what the engine's detection
costs. What they propose is read; a page that reads well that way, on level lines, is upright. Only where
it does not, the engine is asked, and where the two differ both ways are read and the better one is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dipro_scan import imaging
from dipro_scan.model import (
    Code,
    CodeMeaning,
    EngineIdentity,
    Line,
    OcrEngine,
    OrientationEstimate,
    PageFailed,
    PageText,
    ReadingImage,
)
from dipro_scan.settings import ImagingSettings, SeparationSettings

MIN_LEVEL: Final = 0.7
"""Least |level| of `LineDirection` that is believed. Real pages of text lie beyond ±1."""

MIN_UPRIGHT: Final = 0.03
"""Least |upright| of `LineDirection` that turns a page before anything is read."""

SURE_READING: Final = 0.8
"""Mean word confidence from which a page was read the right way up. Upside down real pages stay below 0.6."""

MAX_SMALL_SHARE: Final = 0.15
"""Share of low letters (`LetterEdges.small_share`) up to which a page is in large print. On typeset pages
at 200 instead of 300 dpi, text of 8 points (0.14-0.21) reads as well, of 7 points (0.64 and more) worse."""

SURE_WORDS: Final = 8
"""Fewer words prove nothing."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The page turned by `rotation` (degrees clockwise) and straightened, and what was found on it.

    `text` is empty and `engine` None where a separator made reading needless.
    """

    rotation: int
    image: ReadingImage
    skew: imaging.SkewEstimate
    codes: tuple[Code, ...]
    text: PageText
    engine: EngineIdentity | None

    @property
    def confidence(self) -> float:
        """Mean word confidence; 0.0 where too little was read, or most of it on lines that run up or down.

        A sideways page can read as well as an upright one, because engines turn columns by themselves.
        """
        level = sum(len(line.words) for line in self.text.lines() if _is_level(line))
        words = sum(1 for _ in self.text.words())
        return (self.text.mean_confidence or 0.0) if level >= max(SURE_WORDS, words / 2) else 0.0


@dataclass(frozen=True, slots=True)
class UprightReading:
    """The attempt that was taken, how sure it is that the page stands upright (0–1), and doubts."""

    attempt: Attempt
    confidence: float
    doubts: tuple[str, ...] = ()


class UprightReader:
    """Reads pages with `engines` (the first that does not fail counts); large print at `large_print_dpi`."""

    def __init__(
        self,
        engines: Sequence[OcrEngine],
        imaging_settings: ImagingSettings,
        separation: SeparationSettings,
        large_print_dpi: float,
    ) -> None:
        self._engines = engines
        self._imaging = imaging_settings
        self._separation = separation
        self._large_print_dpi = large_print_dpi

    def read(self, view: ReadingImage) -> UprightReading:
        """The page read the way up that is found out. Raises what the last engine raises."""
        letters = imaging.letter_edges(view)
        proposed = _proposed_rotation(imaging.line_direction(letters, self._imaging.max_skew_degrees))
        if proposed is None:
            return self._as_the_engine_says(view)
        first = self.attempt(view, proposed, letters if proposed == 0 else None)
        if first.engine is None or first.confidence >= SURE_READING:
            return UprightReading(first, first.confidence)
        estimate = self._engines[0].detect_orientation(view)
        if estimate is None or estimate.confidence < self._imaging.min_rotation_confidence:
            doubts = () if estimate is None and proposed == 0 else ("orientation_unsure",)
            return UprightReading(first, estimate.confidence if estimate else 0.0, doubts)
        if estimate.rotation == proposed:
            return UprightReading(first, estimate.confidence)
        return _better(first, self.attempt(view, estimate.rotation), estimate)

    def attempt(
        self, view: ReadingImage, rotation: int, letters: imaging.LetterEdges | None = None
    ) -> Attempt:
        """The page turned by `rotation`, straightened and read. `letters` are those of the turned page."""
        turned = imaging.turn_quarter(view, rotation)
        letters = letters or imaging.letter_edges(turned)
        skew = imaging.skew_of(letters, self._imaging)
        if letters.letters and letters.small_share <= MAX_SMALL_SHARE:
            turned = imaging.reduced(turned, self._large_print_dpi)
        image = imaging.straighten(turned, skew.degrees)
        codes = imaging.find_codes(image, self._separation)
        bare = Attempt(rotation, image, skew, codes, PageText(), None)
        if any(code.meaning == CodeMeaning.SEPARATOR for code in codes):
            return bare
        text, engine = self._text(image)
        return replace(bare, text=text, engine=engine)

    def _as_the_engine_says(self, view: ReadingImage) -> UprightReading:
        estimate = self._engines[0].detect_orientation(view)
        if estimate is None:
            return UprightReading(self.attempt(view, 0), 0.0)
        if estimate.confidence < self._imaging.min_rotation_confidence:
            return UprightReading(self.attempt(view, 0), estimate.confidence, ("orientation_unsure",))
        return UprightReading(self.attempt(view, estimate.rotation), estimate.confidence)

    def _text(self, image: ReadingImage) -> tuple[PageText, EngineIdentity]:
        """The text by the first engine that does not fail, and which one that was."""
        for engine in self._engines[:-1]:
            try:
                return engine.read(image), engine.identity
            except (PageFailed, RuntimeError):
                continue
        return self._engines[-1].read(image), self._engines[-1].identity


def _is_level(line: Line) -> bool:
    x0, y0, x1, y1 = line.baseline
    return abs(x1 - x0) >= abs(y1 - y0)


def _proposed_rotation(direction: imaging.LineDirection | None) -> int | None:
    """None where the edges do not tell, or tell only that the page lies on one of its sides."""
    if direction is None or abs(direction.level) < MIN_LEVEL:
        return None
    if direction.level > 0:
        return 180 if direction.upright < -MIN_UPRIGHT else 0
    if abs(direction.upright) < MIN_UPRIGHT:
        return None
    return 90 if direction.upright > 0 else 270


def _better(first: Attempt, second: Attempt, estimate: OrientationEstimate) -> UprightReading:
    """Of two ways up, of which edges proposed one and the engine the other, the one that reads better."""
    better = second if second.confidence > first.confidence else first
    if better.confidence >= SURE_READING:
        return UprightReading(better, better.confidence)
    certainty = min(better.confidence, estimate.confidence)
    return UprightReading(better, certainty, ("orientation_unsure",))
