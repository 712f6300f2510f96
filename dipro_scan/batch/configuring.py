"""Settings as a run needs them: loaded and checked together with what the engines say of their part."""

from __future__ import annotations

from pathlib import Path

from dipro_scan import ocr, settings
from dipro_scan.model import SettingsError
from dipro_scan.settings import Configuration


def load_configuration(pipeline: str, overlay: Path | None = None) -> Configuration:
    """See `settings.load_configuration`; an engine or option that does not exist is an error here too."""
    return settings.load_configuration(pipeline, overlay, ocr.check_reading_settings)


def check_pipelines(overlay: Path | None = None) -> list[SettingsError]:
    """Every problem of every file in the set, those of engines and their options included."""
    return settings.check_all(overlay, ocr.check_reading_settings)
