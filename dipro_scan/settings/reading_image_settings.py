"""When the image that is read is treated, so that it reads better than the scan itself."""

from __future__ import annotations

from pydantic import Field

from dipro_scan.settings.base import Settings, Share


class ReadingImageSettings(Settings):
    """Which flaws of a page are worth treating. The archived page is never touched by any of this.

    `enabled`: false reads every page as it was scanned. `min_dark_ground` is the share of the page whose
    ground is clearly darker than its paper. `min_grain_levels` is the noise of bare paper as a standard
    deviation in gray levels, `min_speck_share` the share of lone dark pixels on it. `max_ink_depth` is the
    darkness of print against its paper (0-1) below which it counts as faint. `min_show_through` is how much
    soft gray there is beside the print, in shares of the print's own area. Letters of a black-and-white scan
    are broken where there are `min_fragments` fragments per letter that make up `min_fragment_area` of the
    ink (0-1).
    """

    enabled: bool = True
    min_dark_ground: Share = 0.01
    min_grain_levels: float = Field(9.0, gt=0, le=128)
    min_speck_share: Share = 0.005
    max_ink_depth: Share = 0.45
    min_show_through: float = Field(0.5, ge=0.2, le=100)
    min_fragments: float = Field(0.42, gt=0, le=100)
    min_fragment_area: Share = 0.04
    remove_stamp_ink: bool = True
    turn_inverted_blocks: bool = True
