"""Patch codes as they are printed: four bars, wide or narrow, read from the leading edge of the sheet."""

from __future__ import annotations

import re
from typing import Final

PATCH_BARS: Final = {"1": "WWNN", "2": "WNNW", "3": "WNWN", "4": "NWWN", "6": "NNWW", "T": "NWNW"}
"""The bars of each code from the leading edge inwards. Spaces are as wide as narrow bars."""

PATCH_NAME: Final = re.compile(r"PATCH[ -]?([12346T])")
"""How a sheet names its code in text, printed or in a barcode; its group is the code."""

WIDE_BAR_MM: Final = 5.08
NARROW_BAR_MM: Final = 2.032
"""0.20 and 0.08 inch; a whole code measures 0.80 inch (20.3 mm)."""

CLEAR_MM: Final = 6.35
"""0.25 inch: as far from the sheet's edge and other print bars must stay."""
