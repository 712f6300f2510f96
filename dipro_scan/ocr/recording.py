"""Readings kept in a file, so that tests of everything but reading need not wait for an engine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from dipro_scan.model import (
    Block,
    Box,
    Line,
    OrientationEstimate,
    PageText,
    ReadingImage,
    SettingsError,
    Word,
)
from dipro_scan.translation import _

SCHEMA: Final = 1
HASH_SIDE: Final = 32
"""The hash compares 32 × 32 neighbouring cells of the page: 1024 bits."""

MIN_STEP: Final = 2.0
"""Gray levels between two cells that count; less is noise."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What an image, known by its hash, was read as. `orientation` belongs to the image as it is."""

    image_hash: str
    text: PageText
    orientation: OrientationEstimate | None = None


def record(image: ReadingImage, text: PageText, orientation: OrientationEstimate | None = None) -> Recording:
    """A recording that `RecordedEngine` gives back for this image and for ones that look the same."""
    return Recording(image_hash(image), text, orientation)


def image_hash(image: ReadingImage) -> str:
    """A difference hash, 256 hex digits: per cell of 32 × 32, is the right neighbour brighter?"""
    cells = cv2.resize(
        image.pixels.astype(np.float32), (HASH_SIDE + 1, HASH_SIDE), interpolation=cv2.INTER_AREA
    )
    bits = np.diff(cells, axis=1) > MIN_STEP
    return np.packbits(bits).tobytes().hex()


def hash_distance(one: str, other: str) -> int:
    """Number of bits that differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def plain_text(text: str, *, left_mm: float = 25.0, top_mm: float = 30.0) -> PageText:
    """`text` laid out as an evenly typed page: an empty line parts blocks, a line break lines."""
    blocks = []
    y = top_mm
    for paragraph in text.split("\n\n"):
        lines = [line.split() for line in paragraph.splitlines() if line.strip()]
        laid_out = tuple(_typed_line(words, left_mm, y + 5.0 * number) for number, words in enumerate(lines))
        if laid_out:
            blocks.append(Block.of(laid_out))
        y += 5.0 * (len(lines) + 1)
    return PageText(tuple(blocks))


def save_recordings(path: Path, recordings: Iterable[Recording]) -> None:
    """Writes `recordings` as JSON; `load_recordings` reads them."""
    content = {"schema": SCHEMA, "readings": [_to_json(recording) for recording in recordings]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load_recordings(path: Path) -> tuple[Recording, ...]:
    """Raises SettingsError where `path` is missing or no recording of this schema."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != SCHEMA:
            raise ValueError(f"schema {content['schema']}")
        return tuple(_from_json(entry) for entry in content["readings"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            _("The recorded readings in %(path)s cannot be used: %(problem)s.")
            % {"path": path, "problem": error}
        ) from error


def _typed_line(words: Sequence[str], left_mm: float, top_mm: float) -> Line:
    letter_mm, height_mm = 2.0, 4.0
    typed = []
    x = left_mm
    for word in words:
        end = x + letter_mm * len(word)
        typed.append(Word(word, Box(x, top_mm, end, top_mm + height_mm), 0.95))
        x = end + letter_mm
    box = Box.around([word.box for word in typed])
    baseline = box.y1 - 0.8
    return Line(tuple(typed), box, (box.x0, baseline, box.x1, baseline))


def _to_json(recording: Recording) -> dict[str, Any]:
    orientation = recording.orientation
    return {
        "hash": recording.image_hash,
        "orientation": None if orientation is None else [orientation.rotation, orientation.confidence],
        "blocks": [
            {
                "box": list(block.box),
                "lines": [
                    {
                        "box": list(line.box),
                        "baseline": list(line.baseline),
                        "words": [[word.text, list(word.box), word.confidence] for word in line.words],
                    }
                    for line in block.lines
                ],
            }
            for block in recording.text.blocks
        ],
    }


def _from_json(entry: dict[str, Any]) -> Recording:
    blocks = tuple(
        Block(
            tuple(
                Line(
                    tuple(Word(text, Box(*box), confidence) for text, box, confidence in line["words"]),
                    Box(*line["box"]),
                    tuple(line["baseline"]),
                )
                for line in block["lines"]
            ),
            Box(*block["box"]),
        )
        for block in entry["blocks"]
    )
    orientation = entry["orientation"]
    int(entry["hash"], 16)
    return Recording(
        entry["hash"],
        PageText(blocks),
        None if orientation is None else OrientationEstimate(*orientation),
    )
