"""A page in layers (mixed raster content, ITU-T T.44): sharp inks over a calm background."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BACKGROUND_STEP: Final = 3
"""Pixels of the page, across and down, that one pixel of the background stands for."""


class InkLayer(NamedTuple):
    """One ink: its colour, RGB 0-255, and where it lies: bool, shape (height, width)."""

    colour: tuple[int, int, int]
    mask: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PageLayers:
    """A page taken apart: what is printed or written on it, and what lies under that.

    mask: bool, shape (height, width), True where ink is. `palette`: the colours of the inks, RGB 0-255;
    numbers: uint8, shape (ceil(height / 3), ceil(width / 3)), which of them the ink in a square of 3 by 3
    pixels has; where there is no ink it has no meaning. background: uint8, of the shape of `numbers`, gray or
    with 3 channels RGB; its pixel (row, column) covers the page's from (3 * row, 3 * column) on, so that
    its last row and column may stick out of the page. `dpi` is that of the mask.
    """

    dpi: float
    mask: NDArray[np.bool_] = field(repr=False)
    palette: tuple[tuple[int, int, int], ...]
    numbers: NDArray[np.uint8] = field(repr=False)
    background: NDArray[np.uint8] = field(repr=False)

    @property
    def inks(self) -> tuple[InkLayer, ...]:
        """The mask parted without overlap; made anew each time, as large as the page for each ink."""
        if len(self.palette) == 1:
            return (InkLayer(self.palette[0], self.mask),)
        height, width = self.mask.shape
        wide = self.numbers.repeat(BACKGROUND_STEP, axis=1).repeat(BACKGROUND_STEP, axis=0)
        numbers = wide[:height, :width]
        return tuple(
            InkLayer(colour, self.mask & (numbers == number)) for number, colour in enumerate(self.palette)
        )
