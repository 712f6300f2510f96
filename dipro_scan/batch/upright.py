"""Reads a page the right way up: cheap evidence first, then the reading itself, then trial readings.

The letters' edges nearly always tell how a page lies, for a twentieth of what the engine's detection
costs. What they propose is read; a page that then reads as words is upright, and pays for no more. Only
where it does not, the engine is asked and the other ways up are read too. The page is taken as it reads
best; where that is not far better than any other way, it is flagged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dipro_scan import imaging
from dipro_scan.batch.legibility import Legibility, legibility_of
from dipro_scan.batch.seeing import PageViews
from dipro_scan.model import (
    Code,
    CodeMeaning,
    EngineIdentity,
    Mark,
    OcrEngine,
    OrientationEstimate,
    OrientationEvidence,
    OrientationSource,
    PageFailed,
    PageText,
    ProcessingStep,
    ReadingImage,
)
from dipro_scan.model.orientation_evidence import ROTATIONS
from dipro_scan.settings import ImagingSettings, SeparationSettings

MIN_LEVEL: Final = 0.7
"""Least |level| of `LineDirection` that is believed. Real pages of text lie beyond ±1."""

MIN_UPRIGHT: Final = 0.03
"""Least |upright| of `LineDirection` that turns a page before anything is read."""

PROVING_WORDS: Final = 8
PROVING_SHARE: Final = 0.6
"""So many words, and such a share of them, read without doubt prove a way up without any other reading.
Upright pages of text have shares beyond 0.6, upside down they stay below 0.2."""

AGREED_SHARE: Final = 0.4
"""The share that will do where the engine's detection says the same."""

KNOWN: Final = 1.0
"""The confidence of an engine that knows. Detections only come near it."""

MAX_SMALL_SHARE: Final = 0.15
"""Share of low letters (`LetterEdges.small_share`) up to which a page is in large print. On typeset pages
at 200 instead of 300 dpi, text of 8 points (0.14-0.21) reads as well, of 7 points (0.64 and more) worse."""


@dataclass(frozen=True, slots=True)
class _Need:
    """What a way up must show to be taken without a flag: a score, and how many times that of any other."""

    score: float
    times: float


NEED_AGREED: Final = _Need(8.0, 3.0)
NEED_ALONE: Final = _Need(16.0, 4.0)
NEED_OPPOSED: Final = _Need(60.0, 8.0)
"""By what the engine's detection says: the same, nothing, another way. Scores are those of `Legibility`."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The page turned by `rotation` (degrees clockwise) and straightened, and what was found on it.

    `views` are the scan and the image that was read, both straight. `text` is empty and `engine` None where a
    separator made reading needless. `spread` is where two pages meet on the scan, if the pipeline asks.
    `marks` are a form's boxes; `steps` is what taking their outlines out of the reading image was. `turned`
    are the views before they were straightened and reduced: what doubtful lines are read again from.
    """

    rotation: int
    views: PageViews
    skew: imaging.SkewEstimate
    codes: tuple[Code, ...]
    text: PageText
    engine: EngineIdentity | None
    spread: imaging.Spread | None = None
    marks: tuple[Mark, ...] = ()
    steps: tuple[ProcessingStep, ...] = ()
    turned: PageViews | None = None

    @property
    def confidence(self) -> float:
        """Mean word confidence; 0.0 where too little was read, or most of it on lines that run up or down."""
        legible = legibility_of(self.text)
        enough = legible.words >= PROVING_WORDS and legible.level_share >= 0.5
        return (self.text.mean_confidence or 0.0) if enough else 0.0


@dataclass(frozen=True, slots=True)
class UprightReading:
    """The attempt that was taken, how sure it is that the page stands upright (0-1), and doubts.

    `evidence` is None where nothing was weighed: a separator, a blank page, a hint.
    """

    attempt: Attempt
    confidence: float
    doubts: tuple[str, ...] = ()
    evidence: OrientationEvidence | None = None


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

    def read(self, views: PageViews) -> UprightReading:
        """The page read the way up that is found out. Raises what the last engine raises."""
        letters = imaging.letter_edges(views.reading)
        direction = imaging.line_direction(letters, self._imaging.max_skew_degrees)
        proposed = _proposed_rotation(direction)
        first = None
        if proposed is not None:
            first = self.attempt(views, proposed, letters if proposed == 0 else None)
            if first.engine is None:
                return UprightReading(first, 0.0)
            if _proves(legibility_of(first.text), PROVING_SHARE):
                return UprightReading(first, first.confidence, evidence=_evidence((first,)))
        return self._settled(views, first, direction)

    def attempt(self, views: PageViews, rotation: int, letters: imaging.LetterEdges | None = None) -> Attempt:
        """The page turned by `rotation`, straightened and read. `letters` are those of the turned page.

        Codes are sought on the scan: what betters print may blur bars.
        """
        turned = views.turned(rotation)
        letters = letters or imaging.letter_edges(turned.reading)
        skew = imaging.skew_of(letters, self._imaging)
        large = letters.letters and letters.small_share <= MAX_SMALL_SHARE
        straight = turned.straightened(skew.degrees, self._large_print_dpi if large else None)
        codes = imaging.find_codes(straight.scan, self._separation)
        bare = Attempt(rotation, straight, skew, codes, PageText(), None)
        if any(code.meaning == CodeMeaning.SEPARATOR for code in codes):
            return bare
        spread = imaging.find_spread(straight.scan) if self._imaging.border.split_spreads else None
        found = imaging.find_marks(straight.scan)
        steps: tuple[ProcessingStep, ...] = ()
        if found.marks and self._imaging.reading_image.enabled:
            image, step = imaging.without_outlines(straight.reading, found.lines, found.outlines)
            straight = PageViews(straight.scan, image)
            steps = (step,) if step is not None else ()
        text, engine = self._text_of_halves(straight.reading, spread)
        return replace(
            bare,
            views=straight,
            text=text,
            engine=engine,
            spread=spread,
            marks=found.marks,
            steps=steps,
            turned=turned,
        )

    def _settled(
        self, views: PageViews, first: Attempt | None, direction: imaging.LineDirection | None
    ) -> UprightReading:
        """The page whose first reading proves nothing (None: there was none), read other ways up."""
        estimate = self._believed(self._engines[0].detect_orientation(views.reading))
        if estimate is not None and estimate.confidence >= KNOWN:
            known = first if first and first.rotation == estimate.rotation else None
            known = known or self.attempt(views, estimate.rotation)
            return UprightReading(known, estimate.confidence, evidence=_evidence((known,)))
        tried = [first] if first else []
        if first and estimate and estimate.rotation == first.rotation:
            legible = legibility_of(first.text)
            if _proves(legible, AGREED_SHARE):
                certainty = max(estimate.confidence, legible.sure_share)
                return UprightReading(first, certainty, evidence=_evidence(tried))
        for rotation in _trial_order(direction, estimate):
            if rotation not in [attempt.rotation for attempt in tried]:
                trial = self.attempt(views, rotation)
                tried.append(trial)
                if trial.engine is None:
                    return UprightReading(trial, 0.0)
                if _proves(legibility_of(trial.text), PROVING_SHARE):
                    return UprightReading(trial, trial.confidence, evidence=_evidence(tried))
            verdict = _verdict(tried, estimate)
            if verdict is not None:
                return verdict
        return _unsure(tried, direction, estimate)

    def _believed(self, estimate: OrientationEstimate | None) -> OrientationEstimate | None:
        doubtful = estimate is None or estimate.confidence < self._imaging.min_rotation_confidence
        return None if doubtful else estimate

    def _text_of_halves(
        self, image: ReadingImage, spread: imaging.Spread | None
    ) -> tuple[PageText, EngineIdentity]:
        """The text, of a spread the left page's before the right one's."""
        if spread is None:
            return self._text(image)
        left, right = imaging.split_spread(image, spread)
        first, engine = self._text(left)
        second, _same = self._text(right)
        return PageText((*first.blocks, *second.blocks)), engine

    def _text(self, image: ReadingImage) -> tuple[PageText, EngineIdentity]:
        """The text by the first engine that does not fail, and which one that was."""
        for engine in self._engines[:-1]:
            try:
                return engine.read(image), engine.identity
            except (PageFailed, RuntimeError):
                continue
        return self._engines[-1].read(image), self._engines[-1].identity


def _proposed_rotation(direction: imaging.LineDirection | None) -> int | None:
    """None where the edges do not tell, or tell only that the page lies on one of its sides."""
    if direction is None or abs(direction.level) < MIN_LEVEL:
        return None
    if direction.level > 0:
        return 180 if direction.upright < -MIN_UPRIGHT else 0
    if abs(direction.upright) < MIN_UPRIGHT:
        return None
    return 90 if direction.upright > 0 else 270


def _proves(legible: Legibility, share: float) -> bool:
    return legible.sure_words >= PROVING_WORDS and legible.sure_share >= share and legible.level_share >= 0.5


def _trial_order(
    direction: imaging.LineDirection | None, estimate: OrientationEstimate | None
) -> tuple[int, ...]:
    """All rotations, the likeliest first: what the engine says, then the axis of the lines."""
    order = [estimate.rotation] if estimate else []
    if direction is not None:
        axis = (0, 180) if direction.level > 0 else (90, 270)
        feet_first = direction.upright >= 0
        order += axis if feet_first else axis[::-1]
    return tuple(dict.fromkeys((*order, 0, 180, 90, 270)))


def _verdict(tried: Sequence[Attempt], estimate: OrientationEstimate | None) -> UprightReading | None:
    """What stands beyond doubt once a way up and its opposite were read; else None."""
    evidence = _evidence(tried)
    rotations = {attempt.rotation for attempt in tried}
    if (evidence.best + 180) % 360 not in rotations:
        return None
    best, second = sorted(evidence.scores, reverse=True)[:2]
    need = NEED_ALONE
    if estimate is not None:
        need = NEED_AGREED if estimate.rotation == evidence.best else NEED_OPPOSED
    if best < need.score or best < need.times * second:
        return None
    taken = next(attempt for attempt in tried if attempt.rotation == evidence.best)
    return UprightReading(taken, 1.0 - second / best, evidence=evidence)


def _unsure(
    tried: Sequence[Attempt],
    direction: imaging.LineDirection | None,
    estimate: OrientationEstimate | None,
) -> UprightReading:
    """The way up that reads best, flagged; where none reads at all, as the engine or the edges say."""
    evidence = _evidence(tried)
    best, second = sorted(evidence.scores, reverse=True)[:2]
    rotation = evidence.best
    if best == 0.0:
        rotation = estimate.rotation if estimate else _proposed_rotation(direction) or 0
        evidence = _hearsay(rotation, estimate)
    taken = next(attempt for attempt in tried if attempt.rotation == rotation)
    certainty = 0.5 * (1.0 - second / best) if best else 0.0
    return UprightReading(taken, certainty, ("orientation_unsure",), evidence)


def _evidence(tried: Sequence[Attempt]) -> OrientationEvidence:
    scores = {attempt.rotation: legibility_of(attempt.text).score for attempt in tried}
    zero, quarter, half, three = (scores.get(rotation, 0.0) for rotation in ROTATIONS)
    return OrientationEvidence((zero, quarter, half, three), OrientationSource.READING)


def _hearsay(rotation: int, estimate: OrientationEstimate | None) -> OrientationEvidence:
    """Evidence of a page on which nothing reads."""
    score = estimate.confidence if estimate else 0.1
    zero, quarter, half, three = (score if rotation == each else 0.0 for each in ROTATIONS)
    source = OrientationSource.ENGINE if estimate else OrientationSource.EDGES
    return OrientationEvidence((zero, quarter, half, three), source)
