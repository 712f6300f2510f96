"""Can an engine work with what a pipeline says under `reading`? Answered without making one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dipro_scan.ocr.engines import engine_names, second_reader_names
from dipro_scan.ocr.options import EngineOptions, RapidOptions, RecordedOptions, TesseractOptions
from dipro_scan.settings import ReadingProblem, ReadingSettings, option_problems, unknown_engine

_OPTIONS: Final[dict[str, type[EngineOptions]]] = {
    "tesseract": TesseractOptions,
    "pytesseract": TesseractOptions,
    "rapidocr": RapidOptions,
    "recorded": RecordedOptions,
}


def check_reading_settings(settings: ReadingSettings) -> Sequence[ReadingProblem]:
    """Every problem of engine name and options; empty where they are right.

    Of an engine of others only the name is checked: its options are its own until it is started.
    """
    names = engine_names()
    if settings.engine not in names:
        return [unknown_engine(settings.engine, names)]
    second = settings.second_reader
    if second is not None and second not in second_reader_names():
        return [replace(unknown_engine(second, second_reader_names()), at=("second_reader",))]
    options = _OPTIONS.get(settings.engine)
    return option_problems(settings.options, options) if options else []
