"""HEIF: upright pages with the right pixels, one for each image of the container."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms
from system_heif import Item, heif

from dipro_scan.intake import open_page, outline_source
from dipro_scan.model import (
    Colour,
    ColourSpace,
    ImageFilter,
    ImageStream,
    Page,
    PageFailed,
    PageInput,
    QuarantineReason,
    SourceRefused,
)
from dipro_scan.settings.schema import IntakeSettings

OpenPage = Callable[..., Page]
PixelsOf = Callable[[ImageStream], NDArray[np.uint8]]
Pixels = NDArray[np.uint8]
SETTINGS = IntakeSettings(max_megapixels=5)


def _file(path: Path, *items: Item, brand: bytes = b"heic") -> Path:
    path.write_bytes(heif(*items, brand=brand))
    return path


@pytest.mark.parametrize("brand", [b"heic", b"mif1"])
def test_a_colour_image_keeps_its_pixels(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels, brand: bytes
) -> None:
    path = _file(tmp_path / "a.jpg", Item(colour_picture), brand=brand)
    assert outline_source(path, SETTINGS).media_type == "image/heif"
    page = page_of(path)
    assert (page.pixels == colour_picture).all()
    assert (shown_by_pikepdf(page.stream) == colour_picture).all()
    assert (page.stream.filter, page.colour, page.orientation) == (ImageFilter.FLATE, Colour.COLOUR, 1)
    assert [(step.name, step.parameters) for step in page.steps] == [("recode", {"from": "heif"})]


def test_gray_is_gray_and_black_on_white_is_bitonal(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, gray_picture: Pixels
) -> None:
    page = page_of(_file(tmp_path / "a.heic", Item(gray_picture)))
    assert (page.pixels == gray_picture).all()
    assert (page.colour, page.stream.colour_space) == (Colour.GRAY, ColourSpace.GRAY)
    bitonal = np.where(gray_picture > 127, 255, 0).astype(np.uint8)
    page = page_of(_file(tmp_path / "b.heic", Item(bitonal)))
    assert (page.stream.filter, page.colour) == (ImageFilter.CCITT, Colour.BITONAL)
    assert (shown_by_pikepdf(page.stream) == bitonal).all()


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("mirror", [None, 0, 1])
def test_the_container_s_turns_are_made_once(
    tmp_path: Path, page_of: OpenPage, colour_picture: Pixels, turns: int, mirror: int | None
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # what cameras write beside the container's own turn
    item = Item(colour_picture, turns=turns, mirror=mirror, exif=exif.tobytes())
    expected = np.rot90(colour_picture, turns)
    if mirror is not None:  # ISO/IEC 23008-12, 6.5.12: 0 swaps top and bottom, 1 swaps left and right
        expected = expected[::-1] if mirror == 0 else expected[:, ::-1]
    page = page_of(_file(tmp_path / "a.heic", item))
    assert page.orientation == 1
    assert (page.pixels == expected).all()


def test_each_image_is_a_page(
    tmp_path: Path, page_of: OpenPage, gray_picture: Pixels, colour_picture: Pixels
) -> None:
    items = [Item(gray_picture), Item(colour_picture, turns=1), Item(255 - gray_picture[:20])]
    path = _file(tmp_path / "a.heic", *items)
    assert outline_source(path, SETTINGS).pages == 3
    for number, expected in enumerate((gray_picture, np.rot90(colour_picture), 255 - gray_picture[:20]), 1):
        assert (page_of(path, number).pixels == expected).all()
    with pytest.raises(SourceRefused) as caught:
        outline_source(path, IntakeSettings(max_pages=2))
    assert (caught.value.reason, caught.value.pages) == (QuarantineReason.TOO_LARGE, 3)


def test_what_shines_through_is_paper(
    tmp_path: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels
) -> None:
    alpha = np.full(colour_picture.shape[:2], 255, dtype=np.uint8)
    alpha[:10, :30] = 0
    page = page_of(_file(tmp_path / "a.heic", Item(colour_picture, alpha=alpha)))
    assert [step.name for step in page.steps] == ["flatten_transparency", "recode"]
    assert (page.pixels[:10, :30] == 255).all() and (page.pixels[10:] == colour_picture[10:]).all()
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()


def test_ten_bits_become_eight(tmp_path: Path, page_of: OpenPage, colour_picture: Pixels) -> None:
    page = page_of(_file(tmp_path / "a.heic", Item(colour_picture.astype(np.uint16) * 4 + 1, depth=10)))
    assert np.abs(page.pixels.astype(int) - colour_picture).max() <= 1
    assert [step.name for step in page.steps] == ["reduce_depth", "recode"]
    assert page.steps[0].parameters["from_bits"] == 10


def test_exif_tells_resolution_and_date(tmp_path: Path, page_of: OpenPage) -> None:
    exif = Image.Exif()
    exif[0x011A], exif[0x011B], exif[0x0132] = 100.0, 50.0, "2019:03:04 05:06:07"
    path = _file(tmp_path / "a.heic", Item(np.full((32, 96), 77, np.uint8), exif=exif.tobytes()))
    page = page_of(path)
    assert (tuple(page.resolution), page.resolution_origin) == ((100.0, 50.0), "file")
    created = outline_source(path, SETTINGS).created
    assert created is not None and created.isoformat() == "2019-03-04T05:06:07+00:00"


def test_a_colour_profile_is_kept(tmp_path: Path, page_of: OpenPage, colour_picture: Pixels) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    page = page_of(_file(tmp_path / "a.heic", Item(colour_picture, profile=profile)))
    assert page.stream.icc_profile == profile


def test_a_size_beyond_the_limit_is_refused_before_decoding(tmp_path: Path, gray_picture: Pixels) -> None:
    bomb = Item(gray_picture, stated_size=(16000, 9000))
    with pytest.raises(SourceRefused, match="16000 × 9000") as caught:
        outline_source(_file(tmp_path / "a.heic", bomb), SETTINGS)
    assert caught.value.reason is QuarantineReason.TOO_LARGE
    path = _file(tmp_path / "b.heic", Item(gray_picture), bomb)
    assert outline_source(path, SETTINGS).pages == 2
    with pytest.raises(PageFailed, match="16000 × 9000"):
        open_page(PageInput(path, "", "image/heif", 2), SETTINGS)


def _outcomes(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Pixels of the pages that can be had; whatever fails must fail in words."""
    try:
        pages = outline_source(path, SETTINGS).pages
    except SourceRefused as refusal:
        assert str(refusal)
        return
    for number in range(1, pages + 1):
        try:
            yield open_page(PageInput(path, "", "image/heif", number), SETTINGS).pixels
        except PageFailed as failure:
            assert str(failure)


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_file_that_breaks_off_shows_no_false_page(
    tmp_path: Path, colour_picture: Pixels, tenths: int
) -> None:
    whole = heif(Item(colour_picture), Item(colour_picture[:, ::-1]))
    path = tmp_path / "a.heic"
    path.write_bytes(whole[: len(whole) * tenths // 10])
    found = list(_outcomes(path))
    assert len(found) <= (1 if tenths > 5 else 0)
    assert all((pixels == colour_picture).all() for pixels in found)


SMALL = heif(Item(np.arange(1024, dtype=np.uint8).reshape(32, 32)), Item(np.zeros((8, 8, 3), np.uint8)))


# The same examples each time: libheif may die of others, which only a worker of its own survives.
@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 255)), min_size=1, max_size=8))
def test_damaged_containers_fail_in_words(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    content = bytearray(SMALL)
    for place, value in changes:
        content[place] = value
    path = tmp_path / "a.heic"
    path.write_bytes(content)
    assert all(pixels.dtype == np.uint8 for pixels in _outcomes(path))
