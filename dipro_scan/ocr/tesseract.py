"""Tesseract in this process, through tesserocr: data loaded once, pixels handed over as they are."""

from __future__ import annotations

import os
from typing import Any

# One thread per worker: Tesseract's own threads only get in the way of the other workers. It reads
# the limit when the library is loaded.
os.environ["OMP_THREAD_LIMIT"] = "1"

import numpy as np
import tesserocr

from dipro_scan.model import EnvironmentLacking, PageFailed, PageText, ReadingImage, SettingsError
from dipro_scan.ocr.languages import ORIENTATION_DATA
from dipro_scan.ocr.limits import is_too_long, is_too_small, source_dpi
from dipro_scan.ocr.options import TesseractOptions, validated_options
from dipro_scan.ocr.orientation import Detection
from dipro_scan.ocr.tesseract_readings import TesseractReadings
from dipro_scan.ocr.text_layout import SeenLine, SeenWord, page_text
from dipro_scan.settings import ReadingSettings
from dipro_scan.translation import _


class TesseractEngine(TesseractReadings):
    """One instance per worker process. Loads its data when the first page comes."""

    def __init__(self, settings: ReadingSettings) -> None:
        """Raises SettingsError for options, EnvironmentLacking for language data that are missing."""
        options = validated_options(TesseractOptions, settings)
        super().__init__(settings, options, "tesseract", tesserocr.tesseract_version().split()[1])
        self._readers: dict[tuple[str, ...], Any] = {}
        self._orientation_reader: Any = None

    def _read(self, image: ReadingImage, languages: tuple[str, ...], mode: int) -> PageText:
        reader = self._readers.get(languages)
        if reader is None:
            reader = self._readers[languages] = self._new_reader(languages)
        try:
            reader.SetPageSegMode(mode)
            reader.ClearAdaptiveClassifier()  # a page must read the same whatever was read before it
            _hand_over(reader, image)
            if not reader.Recognize():
                raise PageFailed(_("Tesseract could not read this page; look at it and scan it again."))
            return page_text(_seen_blocks(reader.GetIterator()), image)
        finally:
            reader.Clear()

    def _detect(self, image: ReadingImage) -> Detection | None:
        if is_too_small(image) or is_too_long(image):
            return None
        if self._orientation_reader is None:
            self._orientation_reader = _start(
                path=f"{self._folder}/", lang=ORIENTATION_DATA, psm=tesserocr.PSM.OSD_ONLY
            )
        reader = self._orientation_reader
        try:
            reader.ClearAdaptiveClassifier()
            _hand_over(reader, image)
            seen = reader.DetectOrientationScript()
        finally:
            reader.Clear()
        if not seen:
            return None
        # orient_deg says by how much the page was turned clockwise; we say how to undo it.
        return Detection((360 - seen["orient_deg"]) % 360, float(seen["orient_conf"]))

    def _new_reader(self, languages: tuple[str, ...]) -> Any:
        reader = _start(
            path=f"{self._folder}/",
            lang="+".join(languages),
            psm=self._options.page_segmentation_mode,
        )
        for name, value in self._options.variables.items():
            if not reader.SetVariable(name, value):
                raise SettingsError(
                    _("reading.options.variables: Tesseract has no parameter %(name)s that takes %(value)s.")
                    % {"name": name, "value": value}
                )
        return reader


def _start(**arguments: Any) -> Any:
    try:
        reader = tesserocr.PyTessBaseAPI(oem=tesserocr.OEM.DEFAULT, **arguments)
    except RuntimeError as error:
        raise EnvironmentLacking(
            _("Tesseract cannot use the language data for %(languages)s in %(folder)s; install them again.")
            % {"languages": arguments["lang"], "folder": arguments["path"]}
        ) from error
    reader.SetVariable("debug_file", os.devnull)
    return reader


def _hand_over(reader: Any, image: ReadingImage) -> None:
    height, width = image.pixels.shape
    reader.SetImageBytes(np.ascontiguousarray(image.pixels).tobytes(), width, height, 1, width)
    reader.SetSourceResolution(source_dpi(image))


def _seen_blocks(iterator: Any) -> list[list[SeenLine]]:
    """Blocks of lines in reading order; blocks that are pictures have lines without words."""
    blocks: list[list[SeenLine]] = []
    words: list[SeenWord] = []
    if iterator is None:
        return blocks
    level = tesserocr.RIL
    for item in tesserocr.iterate_level(iterator, level.WORD):
        if item.IsAtBeginningOf(level.BLOCK) or not blocks:
            blocks.append([])
        if item.IsAtBeginningOf(level.TEXTLINE) or not blocks[-1]:
            words = []
            ends = item.Baseline(level.TEXTLINE)
            blocks[-1].append(SeenLine(words, (*ends[0], *ends[1]) if ends else None))
        box = None if item.Empty(level.WORD) else item.BoundingBox(level.WORD)
        if box:
            words.append(SeenWord(item.GetUTF8Text(level.WORD), box, item.Confidence(level.WORD)))
    return blocks
