"""Tesseract in this process, through tesserocr: data loaded once, pixels handed over as they are."""

from __future__ import annotations

import os
from typing import Any

# One thread per worker: Tesseract's own threads only get in the way of the other workers. It reads
# the limit when the library is loaded.
os.environ["OMP_THREAD_LIMIT"] = "1"

import numpy as np
import tesserocr

from dipro_scan.model import (
    EngineIdentity,
    EnvironmentLacking,
    OrientationEstimate,
    PageFailed,
    PageText,
    ReadingImage,
    SettingsError,
)
from dipro_scan.ocr.languages import ORIENTATION_DATA, model_hashes, require_languages
from dipro_scan.ocr.limits import is_too_long, is_too_small, refuse_too_long, source_dpi
from dipro_scan.ocr.options import TesseractOptions, validated_options
from dipro_scan.ocr.orientation import Detection, weighed_orientation
from dipro_scan.ocr.text_layout import SeenLine, SeenWord, page_text
from dipro_scan.settings import ReadingSettings
from dipro_scan.translation import _


class TesseractEngine:
    """One instance per worker process. Loads its data when the first page comes."""

    def __init__(self, settings: ReadingSettings) -> None:
        """Raises SettingsError for options, EnvironmentLacking for language data that are missing."""
        self._options = validated_options(TesseractOptions, settings)
        self._languages = settings.languages
        self._folder = require_languages(settings.languages, self._options.language_data)
        self._identity = EngineIdentity(
            "tesseract",
            tesserocr.tesseract_version().split()[1],
            model_hashes((*settings.languages, ORIENTATION_DATA), self._folder),
        )
        self._reader: Any = None
        self._orientation_reader: Any = None

    @property
    def identity(self) -> EngineIdentity:
        return self._identity

    def read(self, image: ReadingImage) -> PageText:
        """Words in reading order, places in mm. Raises PageFailed where Tesseract gives up."""
        if is_too_small(image):
            return PageText()
        refuse_too_long(image)
        if self._reader is None:
            self._reader = self._new_reader()
        reader = self._reader
        try:
            reader.ClearAdaptiveClassifier()  # a page must read the same whatever was read before it
            _hand_over(reader, image)
            if not reader.Recognize():
                raise PageFailed(_("Tesseract could not read this page; look at it and scan it again."))
            return page_text(_seen_blocks(reader.GetIterator()), image)
        finally:
            reader.Clear()

    def detect_orientation(self, image: ReadingImage) -> OrientationEstimate | None:
        """See `weighed_orientation`; None also where the data for orientation are not installed."""
        if ORIENTATION_DATA not in self._identity.models:
            return None
        return weighed_orientation(image, self._detect)

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

    def _new_reader(self) -> Any:
        reader = _start(
            path=f"{self._folder}/",
            lang="+".join(self._languages),
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
