from __future__ import annotations

import io
import math
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from dipro_scan.model import ColourSpace, ImageFilter, ImageStream, PageGeometry
from dipro_scan.pdf import PdfJob, PdfPage, check_pdfa, write_pdf
from dipro_scan.pdf.placement import LARGEST_SIDE, SMALLEST_SIDE, PageFrame, image_matrix, number

POINTS_PER_MM = 72 / 25.4
TRANSPOSITIONS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
TURNS = {
    0: None,
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def stored_picture() -> Image.Image:
    """No two of its eight views are alike: colours run in both directions, one corner is dark."""
    x, y = np.meshgrid(np.arange(240), np.arange(160))
    pixels = np.stack([x, y, np.full_like(x, 90)], axis=2).astype(np.uint8)
    pixels[:40, :60] = (20, 20, 20)
    return Image.fromarray(pixels)


def flate_stream(image: Image.Image) -> ImageStream:
    return ImageStream(
        ImageFilter.FLATE,
        image.width,
        image.height,
        ColourSpace.RGB if image.mode == "RGB" else ColourSpace.GRAY,
        8,
        zlib.compress(image.tobytes()),
    )


def reference(stored: Image.Image, geometry: PageGeometry) -> Image.Image:
    """The straightened view, made by Pillow's own transpositions and rotation."""
    view = stored
    for operation in (TRANSPOSITIONS[geometry.orientation], TURNS[geometry.rotation]):
        view = view.transpose(operation) if operation is not None else view
    return view.rotate(
        -geometry.skew_degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255)
    )


def rendered(path: Path, scale: float) -> Image.Image:
    document = pypdfium2.PdfDocument(path)
    image = document[0].render(scale=scale).to_pil().convert("RGB")
    document.close()
    return image


def share_that_differs(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that are clearly of another colour; edges of a pixel's width are among them."""
    same_size = other.resize(one.size, Image.Resampling.BICUBIC)
    difference = np.asarray(one, dtype=float) - np.asarray(same_size, dtype=float)
    return float((np.abs(difference).max(axis=2) > 16).mean())


@pytest.mark.parametrize("skew", [0.0, 5.0, -3.7])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_image_lands_as_orientation_rotation_and_skew_say(
    orientation: int,
    rotation: int,
    skew: float,
    tmp_path: Path,
    make_job: Callable[..., PdfJob],
    make_page: Callable[..., PdfPage],
) -> None:
    stored = stored_picture()
    upright = reference(stored, PageGeometry(1, 1, orientation, rotation, 0.0))
    geometry = PageGeometry(upright.width / 4, upright.height / 4, orientation, rotation, skew)
    target = tmp_path / "page.pdf"
    write_pdf(make_job(make_page(flate_stream(stored), geometry)), target)
    expected = reference(stored, geometry)
    image = rendered(target, 4 / POINTS_PER_MM)
    assert abs(image.width - expected.width) <= 2
    assert abs(image.height - expected.height) <= 2
    assert share_that_differs(expected, image) < 0.06


def test_wrong_turns_would_be_noticed() -> None:
    views: list[Image.Image] = [
        reference(stored_picture(), PageGeometry(1, 1, orientation, 0, skew)).resize((200, 200))
        for orientation in range(1, 9)
        for skew in (5.0, -5.0)
    ]
    distances = [share_that_differs(one, other) for one in views for other in views if one is not other]
    assert min(distances) > 0.15


def corners(geometry: PageGeometry) -> NDArray[np.float64]:
    frame = PageFrame.around(geometry)
    a, b, c, d, e, f = image_matrix(geometry, frame)
    return np.array([[e, f], [a + e, b + f], [c + e, d + f], [a + c + e, b + d + f]])


@given(
    st.floats(5, 2000),
    st.floats(5, 2000),
    st.integers(1, 8),
    st.sampled_from([0, 90, 180, 270]),
    st.floats(-20, 20),
)
def test_no_corner_is_cut_and_none_is_far_from_the_edge(
    width: float, height: float, orientation: int, rotation: int, skew: float
) -> None:
    geometry = PageGeometry(width, height, orientation, rotation, skew)
    frame = PageFrame.around(geometry)
    places = corners(geometry)
    assert places.min() > -1e-6
    assert places[:, 0].max() == pytest.approx(frame.width, abs=1e-6)
    assert places[:, 1].max() == pytest.approx(frame.height, abs=1e-6)
    assert places[:, 0].min() == pytest.approx(0, abs=1e-6)
    assert places[:, 1].min() == pytest.approx(0, abs=1e-6)


@given(st.floats(10, 400), st.floats(10, 400), st.floats(-20, 20))
def test_lengths_on_paper_stay_what_they_are(width: float, height: float, skew: float) -> None:
    places = corners(PageGeometry(width, height, 1, 0, skew))
    assert math.dist(places[0], places[1]) == pytest.approx(width * POINTS_PER_MM)
    assert math.dist(places[0], places[2]) == pytest.approx(height * POINTS_PER_MM)


def test_positive_skew_turns_the_image_clockwise() -> None:
    lower_left, lower_right = corners(PageGeometry(100, 100, 1, 0, 5.0))[:2]
    assert lower_right[1] < lower_left[1]


@pytest.mark.parametrize(
    ("width", "height", "user_unit"),
    [(0.35, 0.35, 1), (5080.0, 10.0, 1), (5081.0, 10.0, 2), (20000.0, 1.0, 4)],
)
def test_pages_too_small_or_too_large_for_pdf_are_still_pages(
    width: float,
    height: float,
    user_unit: int,
    tmp_path: Path,
    make_job: Callable[..., PdfJob],
    make_page: Callable[..., PdfPage],
) -> None:
    frame = PageFrame.around(PageGeometry(width, height))
    assert SMALLEST_SIDE <= frame.width <= LARGEST_SIDE
    assert SMALLEST_SIDE <= frame.height <= LARGEST_SIDE
    assert frame.user_unit == user_unit
    target = tmp_path / "odd.pdf"
    image = Image.new("L", (8, 8), 100)
    write_pdf(make_job(make_page(flate_stream(image), PageGeometry(width, height))), target)
    assert check_pdfa(target) == ()


@pytest.mark.parametrize("geometry", [PageGeometry(10, 10, 9), PageGeometry(10, 10, 1, 45)])
def test_impossible_geometry_is_refused(geometry: PageGeometry) -> None:
    with pytest.raises(ValueError, match="must be"):
        image_matrix(geometry, PageFrame.around(geometry))


@given(st.floats(-1e5, 1e5))
def test_numbers_are_plain_pdf_numbers(value: float) -> None:
    text = number(value)
    assert float(text) == pytest.approx(value, abs=6e-6)
    assert set(text) <= set("-0123456789.")
    assert text != "-0"


def test_the_frame_around_a_letter_is_its_paper() -> None:
    frame = PageFrame.around(PageGeometry(210, 297))
    assert (frame.width, frame.height) == (
        pytest.approx(595.2756, abs=1e-3),
        pytest.approx(841.8898, abs=1e-3),
    )
    assert frame.point(0, 0) == (0.0, frame.height)


def test_jpegs_of_a_photograph_keep_their_size(
    tmp_path: Path, make_job: Callable[..., PdfJob], make_page: Callable[..., PdfPage]
) -> None:
    buffer = io.BytesIO()
    stored_picture().save(buffer, "JPEG", quality=90)
    stream = ImageStream(ImageFilter.DCT, 240, 160, ColourSpace.RGB, 8, buffer.getvalue())
    target = tmp_path / "photo.pdf"
    write_pdf(make_job(make_page(stream, PageGeometry(60, 40))), target)
    assert share_that_differs(stored_picture(), rendered(target, 4 / POINTS_PER_MM)) < 0.06
