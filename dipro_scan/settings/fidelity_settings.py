"""By how much a compact image may differ from its scan."""

from __future__ import annotations

from pydantic import Field

from dipro_scan.settings.base import Settings, Share


class FidelitySettings(Settings):
    """What the guard of compact images lets pass; where it does not, the scan's own image is kept.

    `ink_mm`: a piece of ink as wide and as high as this may be neither lost nor invented, nor may a stroke
    as long as `stroke_mm`. `ink_contrast`: what is darker than its surroundings by this share is ink.
    `max_tone_share`: by how much the darkness of half a millimetre may change, in shares of white.
    `max_depth_share`: by how much the ink of a letter may be paler or darker, in shares of white.
    `max_delta_e` (CIE 1976): by how much the mean colour of a square millimetre may change.
    `min_similarity` (SSIM): how alike each 5 mm of text must look.
    """

    ink_mm: float = Field(0.3, gt=0, le=2.0)
    stroke_mm: float = Field(0.5, gt=0, le=5.0)
    ink_contrast: Share = 0.18
    max_tone_share: Share = 0.22
    max_depth_share: Share = 0.135
    max_delta_e: float = Field(10.0, gt=0, le=100.0)
    min_similarity: Share = 0.75
