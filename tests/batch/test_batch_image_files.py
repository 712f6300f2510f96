"""Encoded images come back from disk as they were, whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dipro_scan.batch.image_files import read_image, write_image
from dipro_scan.model import (
    ColourSpace,
    CompactImage,
    ImageFilter,
    ImageStream,
    StoredImage,
    Unwritable,
)

SCAN = ImageStream(
    ImageFilter.FLATE,
    20,
    30,
    ColourSpace.INDEXED,
    8,
    b"\x00\n{}\xff" * 7,
    {"Predictor": 15, "Colors": 1},
    palette=b"\x00\x01\x02\xff\xff\xff",
    icc_profile=b"profile\n",
    jbig2_globals=b"globals",
)
GROUND = ImageStream(ImageFilter.DCT, 7, 10, ColourSpace.RGB, 8, b"\xff\xd8ground\n")
MASK = ImageStream(ImageFilter.CCITT, 21, 30, ColourSpace.GRAY, 1, b"mask\n", {"K": -1, "BlackIs1": False})
INKS = ImageStream(ImageFilter.FLATE, 7, 10, ColourSpace.INDEXED, 4, b"inks", palette=bytes(12))


@pytest.mark.parametrize(
    "image",
    [
        SCAN,
        MASK,
        CompactImage(20, 30, GROUND),
        CompactImage(20, 30, GROUND, MASK, (12, 0, 255)),
        CompactImage(20, 30, GROUND, MASK, INKS),
    ],
)
def test_it_comes_back_as_it_was(tmp_path: Path, image: StoredImage) -> None:
    path = tmp_path / "folder" / "page.smaller"
    write_image(path, image)
    assert read_image(path) == image
    write_image(path, SCAN)
    assert read_image(path) == SCAN
    assert [each.name for each in path.parent.iterdir()] == ["page.smaller"]


def test_what_a_compact_image_takes_is_the_sum_of_its_parts() -> None:
    whole = CompactImage(20, 30, GROUND, MASK, INKS)
    assert whole.size_bytes == len(GROUND.data) + len(MASK.data) + len(INKS.data)
    assert replace(whole, inks=(0, 0, 0)).size_bytes == len(GROUND.data) + len(MASK.data)
    assert replace(whole, mask=None, inks=(0, 0, 0)).streams == (GROUND,)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(Unwritable, match="taken"):
        write_image(tmp_path / "taken" / "page.smaller", SCAN)
