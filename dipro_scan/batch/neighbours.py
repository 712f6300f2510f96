"""How the other pages of a stack lie settles how a doubtful one does.

A stack is laid into the feeder in one go: its pages lie alike, or fronts one way and backs the other. So a
page whose own reading does not tell which way up it is follows its neighbours, unless what was read on it
speaks clearly against them. Nothing is concluded from pages of another shape, or from neighbours that
differ among themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dipro_scan.model import PageHints
from dipro_scan.model.orientation_evidence import OrientationEvidence, OrientationSource

DOUBT: Final = "orientation_unsure"
REACH: Final = 6
"""How many pages before and after are looked at: further on another stack may have been laid in."""

MIN_WITNESSES: Final = 2
SURE: Final = 0.75
"""Least confidence of a neighbour that is believed. Blank pages and separators have 0."""

CONTRADICTED_TIMES: Final = 2.0
"""How many times as much may speak for another rotation before neighbours are not believed."""


@dataclass(frozen=True, slots=True)
class LyingPage:
    """What a page's reading told about how it lies.

    `rotation`: degrees clockwise that were taken to make it upright; `confidence` 0-1; `landscape`: whether
    it is wider than high as it came, before any turn. `evidence` None where nothing was weighed.
    """

    rotation: int
    confidence: float
    doubts: tuple[str, ...]
    landscape: bool
    evidence: OrientationEvidence | None = None

    @property
    def is_doubtful(self) -> bool:
        return DOUBT in self.doubts

    @property
    def is_witness(self) -> bool:
        return not self.is_doubtful and self.confidence >= SURE


def settled_by_neighbours(pages: Sequence[LyingPage]) -> dict[int, PageHints]:
    """Hints for the doubtful ones of `pages` (a source in order), by their index from 0.

    A page is in the result also where its neighbours confirm how it lies: reading it with the hint takes
    the doubt away. Doubtful pages that are not in it stay doubtful.
    """
    hints = {}
    for index, page in enumerate(pages):
        if page.is_doubtful:
            rotation = _rotation_of_neighbours(pages, index)
            if rotation is not None and not _speaks_against(page, rotation):
                hints[index] = PageHints(rotation=rotation, by="stack")
    return hints


def _rotation_of_neighbours(pages: Sequence[LyingPage], index: int) -> int | None:
    """How all sure pages near `index` lie; where fronts and backs differ, those of the same side."""
    low, high = max(0, index - REACH), min(len(pages), index + REACH + 1)
    near = [
        place
        for place in range(low, high)
        if pages[place].is_witness and pages[place].landscape == pages[index].landscape
    ]
    same_side = [place for place in near if (place - index) % 2 == 0]
    for witnesses in (near, same_side):
        rotations = {pages[place].rotation for place in witnesses}
        if len(witnesses) >= MIN_WITNESSES and len(rotations) == 1:
            return rotations.pop()
    return None


def _speaks_against(page: LyingPage, rotation: int) -> bool:
    """Whether what was read, or detected, does; the edges of a page on which nothing reads are a guess."""
    evidence = page.evidence
    if evidence is None or evidence.source is OrientationSource.EDGES:
        return False
    return evidence.contradicts(rotation, CONTRADICTED_TIMES)
