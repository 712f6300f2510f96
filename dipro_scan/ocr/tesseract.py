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
from dipro_scan.ocr.inked_part import inked_part
from dipro_scan.ocr.languages import (
    ORIENTATION_DATA,
    available_languages,
    first_languages,
    model_hashes,
    require_languages,
)
from dipro_scan.ocr.limits import is_too_long, is_too_small, refuse_too_long, source_dpi
from dipro_scan.ocr.options import SINGLE_COLUMN, TesseractOptions, validated_options
from dipro_scan.ocr.orientation import Detection, weighed_orientation
from dipro_scan.ocr.scripts import fraktur_data
from dipro_scan.ocr.text_layout import SeenLine, SeenWord, page_text
from dipro_scan.settings import ReadingSettings
from dipro_scan.translation import _


class TesseractEngine:
    """One instance per worker process. Loads its data when the first page comes."""

    def __init__(self, settings: ReadingSettings) -> None:
        """Raises SettingsError for options, EnvironmentLacking for language data that are missing."""
        self._options = validated_options(TesseractOptions, settings)
        self._folder = require_languages(settings.languages, self._options.language_data)
        way = settings.further.fraktur
        self._fraktur = None if way == "never" else fraktur_data(available_languages(self._folder))
        self._languages = settings.languages
        if way == "always" and self._fraktur is not None:
            self._languages = (self._fraktur,)
        self._identity = EngineIdentity(
            "tesseract",
            tesserocr.tesseract_version().split()[1],
            model_hashes((*settings.languages, *self._old_print(), ORIENTATION_DATA), self._folder),
        )
        self._readers: dict[tuple[str, ...], Any] = {}
        self._orientation_reader: Any = None

    @property
    def identity(self) -> EngineIdentity:
        return self._identity

    @property
    def fraktur(self) -> str | None:
        """The name of the installed data for Fraktur; None where there are none, or none are wanted."""
        return self._fraktur

    def _old_print(self) -> tuple[str, ...]:
        return () if self._fraktur is None else (self._fraktur,)

    def read(self, image: ReadingImage) -> PageText:
        """Words in reading order, places in mm, by the languages of the first reading (`first_languages`).

        Raises PageFailed where Tesseract gives up.
        """
        if is_too_small(image):
            return PageText()
        refuse_too_long(image)
        inked = inked_part(image)
        if inked is None:
            return PageText()
        return self._read(inked, first_languages(self._languages), self._options.page_segmentation_mode)

    def read_line(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        """The one line on `image`; see `LineEngine`. Raises PageFailed where Tesseract gives up."""
        if is_too_small(image) or is_too_long(image):
            return PageText()
        return self._read(image, self._known(languages), tesserocr.PSM.SINGLE_LINE)

    def read_block(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        """The lines on `image`, a piece of a page. Raises PageFailed where Tesseract gives up."""
        if is_too_small(image) or is_too_long(image):
            return PageText()
        return self._read(image, self._known(languages), tesserocr.PSM.SINGLE_BLOCK)

    def read_in(self, image: ReadingImage, languages: tuple[str, ...]) -> PageText:
        """A page in other languages than the settings say; see `read`."""
        if is_too_small(image):
            return PageText()
        refuse_too_long(image)
        return self._read(image, self._known(languages), self._options.page_segmentation_mode)

    def read_rows(self, image: ReadingImage) -> PageText:
        """A page taken for rows of text one below the other, without looking for columns; see `read`."""
        inked = None if is_too_small(image) else inked_part(image)
        if inked is None:
            return PageText()
        refuse_too_long(image)
        return self._read(inked, first_languages(self._languages), SINGLE_COLUMN)

    def _known(self, languages: tuple[str, ...] | None) -> tuple[str, ...]:
        known = tuple(each for each in languages or () if each in self._identity.models)
        return known or self._languages

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
