"""A page longer or shorter than its neighbours: two sheets drawn in at once, or one torn off."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

from dipro_scan.model import Measurement
from dipro_scan.settings.border_settings import BorderSettings

REACH: Final = 5
"""How many pages before and after count as neighbours."""

MIN_NEIGHBOURS: Final = 2
MIN_ALIKE: Final = 0.6
"""Share of the neighbours that must be of about one length; in a mixed stack nothing is odd."""


def length_against_neighbours(
    heights_mm: Sequence[float], index: int, settings: BorderSettings
) -> Measurement:
    """By how much page `index` is longer (+) or shorter (-) than the median of its neighbours, in mm.

    `heights_mm` are those of a source's pages in order, as they were fed. The verdict is `none`, and
    the value 0, where there are fewer than two neighbours or they differ among themselves.
    """
    limit = settings.max_length_difference_mm
    around = [*heights_mm[max(0, index - REACH) : index], *heights_mm[index + 1 : index + 1 + REACH]]
    usual = median(around) if around else heights_mm[index]
    alike = sum(abs(height - usual) <= limit for height in around)
    if len(around) < MIN_NEIGHBOURS or alike < MIN_ALIKE * len(around):
        return Measurement("length_against_neighbours", 0.0, "mm", limit)
    off = round(heights_mm[index] - usual, 1)
    return Measurement("length_against_neighbours", off, "mm", limit, "notable" if abs(off) > limit else "ok")
