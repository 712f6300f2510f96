"""The smaller image of a page: made in the worker beside its scan, and judged by the guard.

Whether it is stored is decided once the class is known (`batch/stored_images.py`); the scan's own stream is
always there, too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dipro_scan.batch.seeing import PaperSight
from dipro_scan.imaging.composing import composed
from dipro_scan.imaging.fidelity import INK_INVENTED, INK_LOST, judge_fidelity
from dipro_scan.imaging.layers import page_layers
from dipro_scan.imaging.paper_edge import beyond_paper
from dipro_scan.model import Colour, Measurement, Page, SmallerImage, SmallerKind, StoredImage
from dipro_scan.model.layers import PageLayers
from dipro_scan.pdf.layered import encoded_layers, jpeg_pixels, stencil
from dipro_scan.settings import BorderSettings, ImageSettings

Mask = NDArray[np.bool_]

EDGE_MM: Final = 1.5
"""So near the edge of a scan what is dark is nearly always the paper's edge and its shadow: ground, not ink.
Where the guard finds ink lost there, ink may lie up to the edge."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What was tried on a page: `image` is None where the guard refused it or where nothing is saved."""

    image: StoredImage | None
    told: SmallerImage
    measurements: tuple[Measurement, ...]


def compacted(
    page: Page, paper: PaperSight, settings: ImageSettings, border: BorderSettings
) -> Compacted | None:
    """The smaller image of `page` that `settings` ask for; None where they ask for none.

    `paper` is what was seen of its paper, under the settings `border`.
    """
    if settings.mode == "original" or page.colour is Colour.BITONAL:
        return None
    # What was seen lies in the frame of the page as its orientation has it.
    beyond = beyond_paper(paper.frame, paper.small, border) if page.orientation == 1 else None
    tries = (_made(page, beyond, edge_mm, settings) for edge_mm in (EDGE_MM, 0.0))
    first = next(tries)
    if not first.told.faults:
        return first
    second = next(tries)
    return first if second.told.faults else second


def _made(page: Page, beyond: Mask | None, edge_mm: float, settings: ImageSettings) -> Compacted:
    dpi = min(page.resolution)
    layers = page_layers(page.pixels, dpi, beyond, edge_mm)
    if settings.mode == "bitonal":
        return _bitonal(page, layers, beyond, settings)
    image = encoded_layers(layers, settings.background_quality)
    shown = composed(replace(layers, background=jpeg_pixels(image.background)))
    found = judge_fidelity(page.pixels, shown, dpi, settings.fidelity, beyond)
    return _judged(page, image, image.size_bytes, "compact", found.measurements, settings)


def _bitonal(page: Page, layers: PageLayers, beyond: Mask | None, settings: ImageSettings) -> Compacted:
    image = stencil(layers.mask)
    black = np.where(layers.mask, np.uint8(0), np.uint8(255))
    found = judge_fidelity(page.pixels, black, layers.dpi, settings.fidelity, beyond)
    # What is given up on purpose is not measured: tone and colour.
    ink = tuple(each for each in found.measurements if each.name in (INK_LOST, INK_INVENTED))
    return _judged(page, image, len(image.data), "bitonal", ink, settings)


def _judged(
    page: Page,
    image: StoredImage,
    size_bytes: int,
    kind: SmallerKind,
    measurements: tuple[Measurement, ...],
    settings: ImageSettings,
) -> Compacted:
    before = len(page.stream.data)
    faults = tuple(each.name for each in measurements if each.verdict == "notable")
    saves = size_bytes <= (1.0 - settings.least_saving) * before
    told = SmallerImage(kind, before, size_bytes, faults, saves)
    return Compacted(image if saves and not faults else None, told, measurements)
