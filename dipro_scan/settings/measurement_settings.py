"""What a scan must be like: a threshold for each measurement of a page."""

from __future__ import annotations

from pydantic import Field

from dipro_scan.settings.base import Settings, Share


class MeasurementSettings(Settings):
    """A page beyond a threshold is notable; nothing is refused for it.

    Resolution: the detail that the image really holds, in dots per inch and as a share of those that its file
    claims (the larger of both counts). Edges: from a tenth to nine tenths of a step. Noise
    and contrast: gray levels of 256. Shares are those of the page's area.
    """

    min_effective_dpi: float = Field(150.0, ge=0)
    min_effective_share: Share = 0.8
    max_edge_width_mm: float = Field(0.28, gt=0)
    min_contrast: float = Field(70.0, ge=0, le=255)
    max_noise: float = Field(6.0, ge=0)
    max_clipped_black: Share = 0.1
    max_clipped_white: Share = 0.98
    min_colour_share: Share = 0.0005
    max_bleed_through: Share = 0.05
