"""pixels → words: OCR engines behind one protocol.

Engines themselves are imported only when they are made, so that asking what is installed stays cheap.
"""

from __future__ import annotations

from dipro_scan.ocr.checking import check_reading_settings
from dipro_scan.ocr.engines import (
    ENTRY_POINTS,
    create_engines,
    create_second_reader,
    engine_names,
    second_reader_names,
)
from dipro_scan.ocr.languages import available_languages, language_data_folder, missing_languages
from dipro_scan.ocr.probe import (
    ToolProbe,
    probe_pytesseract,
    probe_tesseract_command,
    probe_tesserocr,
)

__all__ = [
    "ENTRY_POINTS",
    "ToolProbe",
    "available_languages",
    "check_reading_settings",
    "create_engines",
    "create_second_reader",
    "engine_names",
    "language_data_folder",
    "missing_languages",
    "probe_pytesseract",
    "probe_tesseract_command",
    "probe_tesserocr",
    "second_reader_names",
]
