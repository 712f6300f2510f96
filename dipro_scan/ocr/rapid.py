"""PP-OCRv6 in this process, by the package `rapidocr` and ONNX Runtime: another way of reading altogether.

It is slower than Tesseract, and errs elsewhere; so it is of use as a second reader of doubtful lines.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.model import (
    MM_PER_INCH,
    EngineIdentity,
    OrientationEstimate,
    PageFailed,
    PageText,
    ReadingImage,
)
from dipro_scan.ocr.limits import is_too_long, is_too_small, refuse_too_long
from dipro_scan.ocr.options import RapidOptions, validated_options
from dipro_scan.ocr.placing import placed
from dipro_scan.ocr.rapid_layout import LineBox, across, blocks_of, inked_rows, seen_line, wide_gaps
from dipro_scan.ocr.rapid_letters import Alphabet, LineWord, with_spaces, words_of
from dipro_scan.ocr.rapid_models import (
    DETECTION,
    RECOGNITION,
    network_hashes,
    reader_version,
    require_models,
    start_network,
)
from dipro_scan.ocr.text_layout import SeenLine, page_text
from dipro_scan.settings import ReadingSettings
from dipro_scan.translation import _

LINE_PX: Final = 48
"""The network wants lines of this height (PP-OCRv6, `rec_img_shape`)."""

MIN_WIDTH_PX: Final = 320
"""Shorter lines are filled up with gray (the network's own zero), as in its training."""

MAX_WIDTH_PX: Final = 4096
"""Longer ones are squeezed: memory grows with the length."""

DETECTION_SIDE_PX: Final = 1600
"""Lines are looked for on a page no longer than this, and read at full size."""

MIN_DETECTION_SIDE_PX: Final = 320
SIDE_STEP_PX: Final = 32
"""The sides of what the detecting network sees are multiples of this."""

Pixels = NDArray[np.uint8]


class RapidEngine:
    """One instance per worker process. Loads each of its networks when first needed; one thread."""

    def __init__(self, settings: ReadingSettings) -> None:
        """Raises SettingsError for options, EnvironmentLacking where packages or networks are missing."""
        self._options = validated_options(RapidOptions, settings)
        self._files = require_models(self._options.models)
        self._identity = EngineIdentity("rapidocr", reader_version(), network_hashes(self._files))
        self._recogniser: Any = None
        self._alphabet: Alphabet | None = None
        self._detector: Any = None
        self._boxes_of: Any = None

    @property
    def identity(self) -> EngineIdentity:
        return self._identity

    def detect_orientation(self, image: ReadingImage) -> OrientationEstimate | None:
        """It cannot tell."""
        return None

    def read(self, image: ReadingImage) -> PageText:
        """Words with places in mm, lines from the top down. Raises PageFailed where the network gives up."""
        if is_too_small(image):
            return PageText()
        refuse_too_long(image)
        level: list[tuple[LineBox, SeenLine]] = []
        upended: list[PageText] = []
        for box in self._lines(image.pixels):
            if box.is_upended:
                upended.append(self._read_upended(image, box))
            elif (line := self._read_box(image.pixels, box)) is not None:
                level.append((box, line))
        text = page_text(blocks_of(level), image)
        return PageText((*text.blocks, *(block for each in upended for block in each.blocks)))

    def read_line(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        """The one line on `image`; see `LineEngine`. It knows no languages.

        Raises PageFailed where the network gives up.
        """
        if is_too_small(image) or is_too_long(image):
            return PageText()
        rows = inked_rows(image.pixels)
        if rows is None:
            return PageText()
        box = LineBox(0, rows[0], image.pixels.shape[1], rows[1])
        line = self._read_box(image.pixels, box)
        return page_text([[line]], image) if line is not None else PageText()

    def _read_box(self, pixels: Pixels, box: LineBox) -> SeenLine | None:
        """None where too little is read there, or in too much doubt."""
        piece = box.of(pixels)
        words = self._words(piece)
        if not words or _mean(words) < self._options.least_confidence:
            return None
        return seen_line(words, piece, box)

    def _read_upended(self, image: ReadingImage, box: LineBox) -> PageText:
        """A line that runs up or down the page, by the way that reads surer."""
        px = image.dpi / MM_PER_INCH
        left, top = image.origin_mm
        corner = (left + box.x0 / px, top + box.y0 / px)
        read = []
        for quarters in (1, 3):
            piece = np.ascontiguousarray(np.rot90(box.of(image.pixels), quarters))
            text = self.read_line(ReadingImage(piece, image.dpi))
            read.append(placed(text, across(quarters, piece.shape[0] / px, piece.shape[1] / px, corner)))
        return max(read, key=lambda text: text.mean_confidence or 0.0)

    def _words(self, piece: Pixels) -> list[LineWord]:
        """What stands on one line, cut out tightly."""
        if self._recogniser is None or self._alphabet is None:
            self._recogniser = start_network(self._files[RECOGNITION])
            known = self._recogniser.get_modelmeta().custom_metadata_map["character"].splitlines()
            self._alphabet = Alphabet(known)
        height, width = piece.shape
        wide = min(MAX_WIDTH_PX, max(1, round(width * LINE_PX / height)))
        shrinks = height > LINE_PX
        scaled = cv2.resize(
            piece, (wide, LINE_PX), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        )
        canvas = np.zeros((1, 3, LINE_PX, max(MIN_WIDTH_PX, wide)), dtype=np.float32)
        canvas[0, :, :, :wide] = scaled.astype(np.float32) / 127.5 - 1.0
        answer = _answer(self._recogniser, canvas)[0]
        letters = self._alphabet.letters(answer, wide / canvas.shape[3])
        return words_of(with_spaces(letters, wide_gaps(piece)))

    def _lines(self, pixels: Pixels) -> list[LineBox]:
        """Where lines stand, from the top down."""
        if self._detector is None:
            self._boxes_of = importlib.import_module("rapidocr.ch_ppocr_det.utils").DBPostProcess(
                thresh=0.3, box_thresh=0.5, unclip_ratio=1.6, use_dilation=True
            )
            self._detector = start_network(self._files[DETECTION])
        height, width = pixels.shape
        scale = min(1.0, DETECTION_SIDE_PX / max(height, width))
        scale = max(scale, MIN_DETECTION_SIDE_PX / min(height, width)) if scale == 1.0 else scale
        size = (_stepped(width * scale), _stepped(height * scale))
        shown = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        canvas = np.broadcast_to(shown.astype(np.float32) / 127.5 - 1.0, (1, 3, *shown.shape))
        answer = _answer(self._detector, np.ascontiguousarray(canvas))
        quads, _scores = self._boxes_of(answer, (height, width))
        boxes = [LineBox.around(quad, width, height) for quad in quads]
        return sorted(box for box in boxes if box.x1 > box.x0 and box.y1 > box.y0)


def _answer(network: Any, canvas: NDArray[np.float32]) -> NDArray[np.float32]:
    try:
        answer: NDArray[np.float32] = network.run(None, {network.get_inputs()[0].name: canvas})[0]
    except Exception as error:  # the runtime's own errors share no base class
        raise PageFailed(
            _("The second reader could not read this page; look at it and scan it again.")
        ) from error
    return answer


def _stepped(side: float) -> int:
    return max(SIDE_STEP_PX, round(side / SIDE_STEP_PX) * SIDE_STEP_PX)


def _mean(words: Sequence[LineWord]) -> float:
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters
