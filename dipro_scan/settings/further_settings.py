"""What is read besides the lines that the reading of a page finds: stamps, missed places, old print."""

from __future__ import annotations

from typing import Literal

from dipro_scan.settings.base import Settings


class FurtherReadingSettings(Settings):
    """What is read by itself, and with other data.

    `stamps`: each stamp is turned upright and read. `missed_text`: places with ink of the size of letters and
    without words are read, and margins at a right angle the right way up. `fraktur`: when pages are read with
    data for Fraktur, if such data are installed: `auto` where a few lines prove it, `always`, `never`.
    """

    stamps: bool = True
    missed_text: bool = True
    fraktur: Literal["auto", "always", "never"] = "auto"
