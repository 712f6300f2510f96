"""An engine that reads nothing: it gives back recorded readings, and faults on demand. For tests."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Final

from dipro_scan.model import EngineIdentity, OrientationEstimate, PageText, ReadingImage
from dipro_scan.ocr.options import RecordedOptions, validated_options
from dipro_scan.ocr.recording import Recording, hash_distance, image_hash, load_recordings, plain_text
from dipro_scan.settings import ReadingSettings

MAX_DISTANCE: Final = 16
"""Bits of 1024 in which an image may differ from the recorded one: other decoders, not other pages."""

CRASH_EXIT: Final = 139
"""What a shell reports for a process that died of a segmentation fault."""


class RecordedFault(RuntimeError):
    """The fault that `raise_on` asked for."""


class RecordedEngine:
    """Marked `for_tests` in every record that holds its readings."""

    def __init__(self, settings: ReadingSettings) -> None:
        """Raises SettingsError for options, or recordings that cannot be used."""
        self._options = validated_options(RecordedOptions, settings)
        readings = self._options.readings
        self._last = PageText()
        self._recordings = () if readings is None else load_recordings(readings)

    @property
    def identity(self) -> EngineIdentity:
        return EngineIdentity("recorded", "1", {}, for_tests=True)

    def read(self, image: ReadingImage) -> PageText:
        """The recorded text of the nearest image; raises RecordedFault where the options say so."""
        seen = image_hash(image)
        self._count(seen)
        recording = self._nearest(seen)
        if recording is not None:
            text = recording.text
        else:
            text = plain_text(self._options.otherwise) if self._options.otherwise else PageText()
        self._misbehave(seen, text)
        time.sleep(self._options.pause_seconds)
        self._last = text
        return text

    def read_line(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        """What was last read within the box of `image`, else what is recorded of the image itself.

        So a line that is read again reads as it did. Neither counts as a reading.
        """
        height, width = image.pixels.shape
        there = self._last.within(image.box_mm(0, 0, width, height))
        if any(there.words()):
            return there
        recording = self._nearest(image_hash(image))
        return PageText() if recording is None else recording.text

    def detect_orientation(self, image: ReadingImage) -> OrientationEstimate | None:
        """The recorded orientation of the image, else upright without doubt."""
        recording = self._nearest(image_hash(image))
        if recording is None or recording.orientation is None:
            return OrientationEstimate(0, 1.0)
        return recording.orientation

    def _nearest(self, seen: str) -> Recording | None:
        best = min(self._recordings, key=lambda each: hash_distance(each.image_hash, seen), default=None)
        if best is None or hash_distance(best.image_hash, seen) > MAX_DISTANCE:
            return None
        return best

    def _count(self, seen: str) -> None:
        if self._options.count_file is None:
            return
        handle = os.open(self._options.count_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(handle, f"{seen}\n".encode())  # one write: lines of several workers do not mix
        finally:
            os.close(handle)

    def _misbehave(self, seen: str, text: PageText) -> None:
        marks = {seen, *(word.text for word in text.words())}

        def asked(names: Sequence[str]) -> bool:
            return not marks.isdisjoint(names)

        if asked(self._options.crash_on):
            os._exit(CRASH_EXIT)
        while asked(self._options.hang_on):
            time.sleep(3600)
        if asked(self._options.raise_on):
            raise RecordedFault("asked for by raise_on")
