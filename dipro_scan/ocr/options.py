"""What a pipeline may say under `reading.options` to each engine, validated when the engine is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dipro_scan.model import SettingsError
from dipro_scan.settings import ReadingSettings
from dipro_scan.translation import _


class EngineOptions(BaseModel):
    """Common ground: unknown options are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TesseractOptions(EngineOptions):
    """For `tesseract` and `pytesseract`.

    `page_segmentation_mode` is Tesseract's psm, `variables` are its parameters, `language_data` is
    another folder of traineddata files.
    """

    page_segmentation_mode: int = Field(3, ge=3, le=13)
    variables: dict[str, str] = Field(default_factory=dict)
    language_data: Path | None = None


Options = TypeVar("Options", bound=EngineOptions)


def validated_options(model: type[Options], settings: ReadingSettings) -> Options:
    """`settings.options` as the engine's own model. Raises SettingsError, which names the option."""
    try:
        return model.model_validate(settings.options)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise SettingsError(
            _("reading.options.%(option)s does not fit %(engine)s: %(problem)s; it knows %(allowed)s.")
            % {
                "option": ".".join(map(str, first["loc"])),
                "engine": settings.engine,
                "problem": _problem(first),
                "allowed": ", ".join(model.model_fields),
            }
        ) from error


def _problem(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return _("there is no such option")
    return str(error["msg"])
