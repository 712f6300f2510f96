"""The page that a coded image makes, with the resolution that its file states or its size tells."""

from __future__ import annotations

from dipro_scan.intake.pixels import CodedImage
from dipro_scan.intake.resolution import StatedResolution, settle_resolution
from dipro_scan.model import Page


def coded_page(coded: CodedImage, stated: StatedResolution, orientation: int = 1) -> Page:
    """The page of `coded`; `orientation` as EXIF counts, 1–8."""
    resolution, origin = settle_resolution(coded.stream.width_px, coded.stream.height_px, stated)
    return Page(
        stream=coded.stream,
        pixels=coded.pixels,
        resolution=resolution,
        resolution_origin=origin,
        colour=coded.colour,
        orientation=orientation,
        steps=coded.steps,
    )
