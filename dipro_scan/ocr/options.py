"""What a pipeline may say under `reading.options` to each of our engines.

No engine is imported here, so that a pipeline can be checked where none is installed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from dipro_scan.model import SettingsError
from dipro_scan.settings import ReadingSettings, option_problems
from dipro_scan.translation import _

SINGLE_COLUMN: Final = 4
SINGLE_BLOCK: Final = 6
SINGLE_LINE: Final = 7
"""Tesseract's psm for one column of text of different sizes, for lines that belong together, for one line."""


class EngineOptions(BaseModel):
    """Common ground: unknown options are errors, numbers are finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class TesseractOptions(EngineOptions):
    """For `tesseract` and `pytesseract`.

    `page_segmentation_mode` is Tesseract's psm, `variables` are its parameters, `language_data` is
    another folder of traineddata files.
    """

    page_segmentation_mode: int = Field(3, ge=3, le=13)
    variables: dict[str, str] = Field(default_factory=dict)
    language_data: Path | None = None


class RapidOptions(EngineOptions):
    """For `rapidocr`.

    `models` is another folder of networks, under the names that the package gives them. Lines whose words
    are less sure than `least_confidence` on average (0-1) are left out.
    """

    models: Path | None = None
    least_confidence: float = Field(0.5, ge=0, le=1)


class RecordedOptions(EngineOptions):
    """For `recorded`, the engine for tests.

    `readings`: file of recordings; `otherwise`: plain text for every other image (default: nothing).
    `count_file` gets one line per call of `read`. Faults: a page whose image hash, or one of whose
    words, stands in `crash_on`, `hang_on` or `raise_on` ends the process, never returns, or raises.
    """

    readings: Path | None = None
    otherwise: str | None = None
    count_file: Path | None = None
    pause_seconds: float = Field(0.0, ge=0)
    crash_on: tuple[str, ...] = ()
    hang_on: tuple[str, ...] = ()
    raise_on: tuple[str, ...] = ()


Options = TypeVar("Options", bound=EngineOptions)


def validated_options(model: type[Options], settings: ReadingSettings) -> Options:
    """`settings.options` as the engine's own model. Raises SettingsError, which names option and value."""
    problems = option_problems(settings.options, model)
    if problems:
        raise SettingsError(_("reading.options: %(problem)s.") % {"problem": problems[0].sentence})
    return model.model_validate(settings.options)
