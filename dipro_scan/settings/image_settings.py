"""How pages' images are stored in the record."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dipro_scan.settings.base import Settings, Share
from dipro_scan.settings.fidelity_settings import FidelitySettings

ImageMode = Literal["auto", "original", "compact", "bitonal"]


class ImageSettings(Settings):
    """How pages' images are stored in the record.

    `original`: as they were scanned, not one pixel recompressed. `compact`: sharp inks over a calm ground,
    where the class allows it (Schutzbedarf Integrität normal) and the guard (`fidelity`) finds nothing lost.
    `bitonal`: black and white only, under the same conditions but for tone and colour. `auto`: what serves
    the page best; so far that is compact. None of them is stored where it saves less than `least_saving` of
    the image's bytes, and black and white stays as it is.

    `background_quality`: of the background's JPEG, 1 to 95.
    """

    mode: ImageMode = "auto"
    least_saving: Share = 0.25
    background_quality: int = Field(50, ge=1, le=95)
    fidelity: FidelitySettings = FidelitySettings()
