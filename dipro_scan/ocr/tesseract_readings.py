"""What is read of a page, a line, a piece: the same of Tesseract as a library and as a command."""

from __future__ import annotations

from abc import ABC, abstractmethod

from dipro_scan.model import EngineIdentity, OrientationEstimate, PageText, ReadingImage
from dipro_scan.ocr.inked_part import inked_part
from dipro_scan.ocr.languages import (
    ORIENTATION_DATA,
    available_languages,
    first_languages,
    model_hashes,
    require_languages,
)
from dipro_scan.ocr.limits import is_too_long, is_too_small, refuse_too_long
from dipro_scan.ocr.options import SINGLE_BLOCK, SINGLE_COLUMN, SINGLE_LINE, TesseractOptions
from dipro_scan.ocr.orientation import Detection, weighed_orientation
from dipro_scan.ocr.scripts import fraktur_data
from dipro_scan.settings import ReadingSettings


class TesseractReadings(ABC):
    """Which image, language data and page segmentation mode each kind of reading hands to Tesseract."""

    def __init__(
        self, settings: ReadingSettings, options: TesseractOptions, engine: str, version: str
    ) -> None:
        """`engine` and `version` are those of the identity. Raises EnvironmentLacking for language data."""
        self._options = options
        self._folder = require_languages(settings.languages, options.language_data)
        way = settings.further.fraktur
        self._fraktur = None if way == "never" else fraktur_data(available_languages(self._folder))
        self._languages = settings.languages
        if way == "always" and self._fraktur is not None:
            self._languages = (self._fraktur,)
        old_print = () if self._fraktur is None else (self._fraktur,)
        self._identity = EngineIdentity(
            engine, version, model_hashes((*settings.languages, *old_print, ORIENTATION_DATA), self._folder)
        )

    @property
    def identity(self) -> EngineIdentity:
        return self._identity

    @property
    def fraktur(self) -> str | None:
        """The name of the installed data for Fraktur; None where there are none, or none are wanted."""
        return self._fraktur

    def read(self, image: ReadingImage) -> PageText:
        """Words in reading order, places in mm, by the languages of the first reading (`first_languages`).

        Raises PageFailed where Tesseract gives up or takes too long, and for a page too long for it.
        """
        return self._read_inked(image, self._options.page_segmentation_mode)

    def read_rows(self, image: ReadingImage) -> PageText:
        """A page taken for rows of text one below the other, without looking for columns; see `read`."""
        return self._read_inked(image, SINGLE_COLUMN)

    def read_in(self, image: ReadingImage, languages: tuple[str, ...]) -> PageText:
        """A page in other languages than the settings say; see `read`."""
        if is_too_small(image):
            return PageText()
        refuse_too_long(image)
        return self._read(image, self._known(languages), self._options.page_segmentation_mode)

    def read_line(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        """The one line on `image`; see `LineEngine`. Raises PageFailed where Tesseract gives up."""
        return self._read_piece(image, languages, SINGLE_LINE)

    def read_block(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        """The lines on `image`, a piece of a page. Raises PageFailed where Tesseract gives up."""
        return self._read_piece(image, languages, SINGLE_BLOCK)

    def detect_orientation(self, image: ReadingImage) -> OrientationEstimate | None:
        """See `weighed_orientation`; None also where the data for orientation are not installed."""
        if ORIENTATION_DATA not in self._identity.models:
            return None
        return weighed_orientation(image, self._detect)

    def _read_inked(self, image: ReadingImage, mode: int) -> PageText:
        if is_too_small(image):
            return PageText()
        refuse_too_long(image)
        inked = inked_part(image)
        if inked is None:
            return PageText()
        return self._read(inked, first_languages(self._languages), mode)

    def _read_piece(self, image: ReadingImage, languages: tuple[str, ...] | None, mode: int) -> PageText:
        if is_too_small(image) or is_too_long(image):
            return PageText()
        return self._read(image, self._known(languages), mode)

    def _known(self, languages: tuple[str, ...] | None) -> tuple[str, ...]:
        known = tuple(each for each in languages or () if each in self._identity.models)
        return known or self._languages

    @abstractmethod
    def _read(self, image: ReadingImage, languages: tuple[str, ...], mode: int) -> PageText:
        """`image` as it is, with these language data in this mode. Raises PageFailed."""

    @abstractmethod
    def _detect(self, image: ReadingImage) -> Detection | None:
        """What Tesseract says about the way up of `image`; None where it cannot tell."""
