"""What lies around the paper on a scan, and what paper and glass leave at its edge."""

from __future__ import annotations

from pydantic import Field

from dipro_scan.settings.base import Settings


class BorderSettings(Settings):
    """How the paper is found on the scanner's lid, and from when its edge is worth a remark.

    `crop`: show the page cut to its paper; `split_spreads`: cut landscape spreads in two. `max_lid_level` is
    the gray level up to which a lid counts as black, `min_light_contrast` by how many levels paper must
    differ from a light one. Borders below `min_border_mm` stay; dark ones beyond `deep_border_mm` are
    believed only where the paper then has a known size. `size_tolerance_mm` is allowed on top of what
    ISO 216 allows for cut paper. Beyond `max_streaks`, `max_cut_marks` and `max_length_difference_mm`
    (against neighbours) the measurement is notable.
    """

    crop: bool = True
    split_spreads: bool = False
    max_lid_level: int = Field(90, ge=0, le=128)
    min_light_contrast: int = Field(8, ge=3, le=128)
    min_border_mm: float = Field(0.5, ge=0.3, le=50)
    deep_border_mm: float = Field(12.0, ge=0)
    size_tolerance_mm: float = Field(1.5, ge=0, le=20)
    max_streaks: int = Field(0, ge=0)
    max_cut_marks: int = Field(2, ge=0)
    max_length_difference_mm: float = Field(10.0, gt=0)
