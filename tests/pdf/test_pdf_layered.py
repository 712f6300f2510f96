"""Compact pages: what a viewer shows of the PDF is what the guard has judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.imaging.blocks import block_means
from dipro_scan.imaging.composing import composed
from dipro_scan.imaging.layers import page_layers
from dipro_scan.model import CompactImage, ImageStream, PageGeometry, PageText
from dipro_scan.model.layers import BACKGROUND_STEP, PageLayers
from dipro_scan.pdf import PdfJob, PdfPage, check_pdfa, write_pdf
from dipro_scan.pdf.layered import encoded_layers, jpeg_pixels, jpeg_stream, stencil

DPI = 150.0
FINER = 6
Pixels = NDArray[np.uint8]


def printed(
    width: int = 620, height: int = 877, *, stamp: bool = True, ground: tuple[int, int, int] = (236, 232, 221)
) -> Pixels:
    """A page in colour at DPI: black print, a red stamp, pale paper."""
    image = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=22)
    for row in range(60, height - 60, 36):
        draw.text((50, row), "Satzung der Stadt Musterstadt", font=font, fill=(24, 22, 20))
    if stamp:
        draw.rectangle((380, 70, 560, 150), outline=(190, 20, 30), width=5)
        draw.text((392, 92), "EINGEGANGEN", font=font, fill=(190, 20, 30))
    return np.asarray(image, dtype=np.uint8)


def size_mm(pixels: Pixels) -> tuple[float, float]:
    return pixels.shape[1] / DPI * 25.4, pixels.shape[0] / DPI * 25.4


def rendered(path: Path, page: int = 0) -> Pixels:
    """What PDFium shows, at DPI; finer first, because it puts images on whole pixels."""
    with pypdfium2.PdfDocument(path) as document:
        shown = document[page].render(scale=FINER * DPI / 72).to_numpy()
    rows, columns = (size // FINER * FINER for size in shown.shape[:2])
    return block_means(np.ascontiguousarray(shown[:rows, :columns, ::-1]), FINER)


def as_shown(layers: PageLayers, image: CompactImage) -> Pixels:
    return composed(replace(layers, background=jpeg_pixels(image.background)))


@pytest.fixture
def write(tmp_path: Path, make_job: Callable[..., PdfJob]) -> Callable[..., Path]:
    def write_all(*images: ImageStream | CompactImage, geometry: PageGeometry) -> Path:
        pages = [PdfPage(lambda image=image: image, geometry, PageText()) for image in images]  # type: ignore[misc]
        target = tmp_path / f"{len(list(tmp_path.iterdir()))}.pdf"
        write_pdf(make_job(*pages), target)
        assert check_pdfa(target) == ()
        return target

    return write_all


@contextmanager
def images(path: Path) -> Iterator[list[dict[str, Any]]]:
    """The images of each page, by name, while the file is open."""
    with pikepdf.open(path) as pdf:
        yield [{str(name): item for name, item in page.Resources.XObject.items()} for page in pdf.pages]


@pytest.mark.parametrize(("width", "height"), [(620, 877), (621, 878), (619, 876)])
def test_the_pdf_shows_what_the_guard_judged(write: Callable[..., Path], width: int, height: int) -> None:
    pixels = printed(width, height)
    layers = page_layers(pixels, DPI)
    assert len(layers.palette) > 1
    image = encoded_layers(layers, 60)
    shown = rendered(write(image, geometry=PageGeometry(*size_mm(pixels))))
    expected = as_shown(layers, image)
    rows, columns = min(len(shown), height), min(shown.shape[1], width)
    difference = np.abs(shown[:rows, :columns].astype(int) - expected[:rows, :columns])
    assert difference.mean() < 1.5
    # Ink is placed to the pixel: what differs by much is the interpolation of the background at its rim.
    assert (difference.max(axis=2) > 60).mean() < 0.006


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize(("rotation", "skew"), [(0, 0.0), (90, 0.0), (0, 2.5)])
def test_turned_and_straightened_it_lies_where_the_scan_would(
    write: Callable[..., Path], orientation: int, rotation: int, skew: float
) -> None:
    pixels = printed()
    width_mm, height_mm = size_mm(pixels)
    if (orientation >= 5) != (rotation == 90):
        width_mm, height_mm = height_mm, width_mm
    geometry = PageGeometry(width_mm, height_mm, orientation, rotation, skew)
    compact = rendered(write(encoded_layers(page_layers(pixels, DPI), 90), geometry=geometry))
    scan = rendered(write(jpeg_stream(pixels, 95), geometry=geometry))
    assert compact.shape == scan.shape
    off = {
        (down, right): np.abs(compact.astype(int) - np.roll(scan, (down, right), axis=(0, 1))).mean()
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    }
    assert min(off, key=lambda shift: off[shift]) == (0, 0)
    assert off[0, 0] < 6


def test_a_single_ink_is_painted_in_its_colour_without_an_image_of_inks(write: Callable[..., Path]) -> None:
    layers = page_layers(printed(stamp=False), DPI)
    layers = replace(layers, palette=((20, 60, 140),), numbers=np.zeros_like(layers.numbers))
    path = write(encoded_layers(layers, 60), geometry=PageGeometry(105, 148.5))
    with images(path) as (page,):
        assert [bool(item.get("/ImageMask", False)) for item in page.values()] == [False, True]
    darkest = rendered(path).reshape(-1, 3)[rendered(path).sum(axis=2).argmin()]
    assert np.abs(darkest.astype(int) - (20, 60, 140)).max() <= 2


def test_a_page_without_ink_is_its_background(write: Callable[..., Path]) -> None:
    layers = page_layers(np.full((300, 200, 3), 230, np.uint8), DPI)
    image = encoded_layers(layers, 60)
    assert image.mask is None and image.size_bytes == len(image.background.data)
    path = write(image, geometry=PageGeometry(34, 51))
    with images(path) as (page,):
        assert len(page) == 1
    assert np.abs(rendered(path).astype(int) - 230).max() <= 2


def test_the_mask_keeps_every_pixel_and_each_square_its_ink(write: Callable[..., Path]) -> None:
    layers = page_layers(printed(), DPI)
    path = write(encoded_layers(layers, 60), geometry=PageGeometry(105, 148.5))
    height, width = layers.mask.shape
    with images(path) as (page,):
        inks = page["/Im1"]
        mask = np.asarray(pikepdf.PdfImage(inks.Mask).as_pil_image().convert("L")) < 128
        numbers = np.asarray(pikepdf.PdfImage(inks).as_pil_image().convert("RGB"))
    assert np.array_equal(mask[:height, :width], layers.mask)
    assert not mask[height:].any() and not mask[:, width:].any()
    step = BACKGROUND_STEP
    for y, x in np.argwhere(mask)[::97]:
        colour = layers.palette[layers.numbers[y // step, x // step]]
        assert tuple(numbers[y // step, x // step]) == colour


def test_equal_images_of_inks_keep_the_mask_of_their_own_page(write: Callable[..., Path]) -> None:
    layers = page_layers(printed(), DPI)
    other = replace(layers, mask=np.roll(layers.mask, 3 * 30, axis=0))
    one, two = encoded_layers(layers, 60), encoded_layers(other, 60)
    two = replace(two, inks=one.inks)
    path = write(one, two, geometry=PageGeometry(105, 148.5))
    with images(path) as pages:
        masks = [page["/Im1"].Mask.read_raw_bytes() for page in pages]
        grounds = {page["/Im0"].objgen for page in pages}
    assert masks == [one.mask and one.mask.data, two.mask and two.mask.data]
    assert len(grounds) == 1


def test_the_same_layers_give_the_same_bytes() -> None:
    pixels = printed()
    assert encoded_layers(page_layers(pixels, DPI), 60) == encoded_layers(page_layers(pixels, DPI), 60)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_any_mask_comes_back_from_its_stencil(width: int, height: int, seed: int) -> None:
    mask = np.random.default_rng(seed).random((height, width)) < 0.5
    made = stencil(mask)
    with pikepdf.new() as pdf:
        image = pdf.make_stream(
            made.data,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=width,
            Height=height,
            BitsPerComponent=1,
            ColorSpace=pikepdf.Name.DeviceGray,
            Filter=pikepdf.Name.CCITTFaxDecode,
            DecodeParms=pikepdf.Dictionary({f"/{name}": value for name, value in made.decode_parms.items()}),
        )
        shown = np.asarray(pikepdf.PdfImage(image).as_pil_image().convert("L"))
    assert np.array_equal(shown < 128, mask)
