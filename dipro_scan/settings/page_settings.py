"""How a page is looked at and read."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from dipro_scan.settings.base import SettingProblem, Settings, Share
from dipro_scan.settings.border_settings import BorderSettings
from dipro_scan.settings.confidence_settings import ConfidenceSettings
from dipro_scan.settings.further_settings import FurtherReadingSettings
from dipro_scan.settings.measurement_settings import MeasurementSettings
from dipro_scan.settings.reading_image_settings import ReadingImageSettings
from dipro_scan.settings.rereading_settings import RereadingSettings
from dipro_scan.translation import _


class BlankSettings(Settings):
    """When a page counts as blank (domain: ink share, largest component, margin left out)."""

    margin_mm: float = Field(5.0, ge=0)
    max_ink_share: Share = 0.0005
    max_component_mm2: float = Field(0.4, gt=0)
    doubtful_ink_share: Share = 0.005
    doubtful_component_mm2: float = Field(4.0, gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> BlankSettings:
        if self.doubtful_ink_share < self.max_ink_share:
            raise _below(self, "doubtful_ink_share", "max_ink_share")
        if self.doubtful_component_mm2 < self.max_component_mm2:
            raise _below(self, "doubtful_component_mm2", "max_component_mm2")
        return self


def _below(settings: BlankSettings, larger: str, smaller: str) -> SettingProblem:
    return SettingProblem(
        _("“%(larger)s” is %(value)s and must not be below “%(smaller)s” (%(limit)s)")
        % {
            "larger": larger,
            "value": getattr(settings, larger),
            "smaller": smaller,
            "limit": getattr(settings, smaller),
        },
        larger,
    )


class ImagingSettings(Settings):
    """Straightening, the confidence below which a page is not turned without a doubt, and what a page is
    looked at for: its border, whether it is blank, how well it was scanned, and what would read better."""

    max_skew_degrees: float = Field(15.0, gt=0, le=20)
    min_skew_degrees: float = Field(0.05, ge=0)
    min_rotation_confidence: Share = 0.5
    blank: BlankSettings = BlankSettings()
    border: BorderSettings = BorderSettings()
    measurements: MeasurementSettings = MeasurementSettings()
    reading_image: ReadingImageSettings = ReadingImageSettings()


class ReadingSettings(Settings):
    """Which engine reads, in which languages, how long a page may take.

    Pages are looked at with `dpi` dots per inch, and read with no more than `large_print_dpi` where nearly
    all letters are as tall as those of 9 points and more: that reads as well, in three quarters of the time.
    What is read in doubt is read again (`rereading`), and what stays so by `second_reader` (`auto`: where it
    is installed); stamps and missed places are read by themselves (`further`), and pages whose text stays
    unsure are flagged (`min_mean_confidence`, `confidence`).
    """

    engine: str = "tesseract"
    second_reader: str | None = "auto"
    languages: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_/]+$")], ...] = ("deu", "eng")
    options: dict[str, Any] = Field(default_factory=dict)
    dpi: int = Field(300, ge=100, le=600)
    large_print_dpi: int = Field(200, ge=100, le=600)
    page_seconds: float = Field(180.0, gt=0)
    min_mean_confidence: Share = 0.8
    confidence: ConfidenceSettings = ConfidenceSettings()
    rereading: RereadingSettings = RereadingSettings()
    further: FurtherReadingSettings = FurtherReadingSettings()
