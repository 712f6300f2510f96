"""PDF pages: when a page is its image, and when it must be drawn; what counts as real text."""

from __future__ import annotations

import io
import math
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageCms, ImageOps

from dipro_scan.model import Colour, ColourSpace, ImageFilter, ImageStream, Page, PageFailed, Resolution
from dipro_scan.settings.schema import IntakeSettings

OpenPage = Callable[..., Page]
PixelsOf = Callable[[ImageStream], NDArray[np.uint8]]
MakePdf = Callable[..., Path]
Pixels = NDArray[np.uint8]

FULL = b"q 200 0 0 100 0 0 cm /I Do Q"
HIDDEN_TEXT = b" BT 3 Tr /F 12 Tf 20 20 Td (Rechnung) Tj ET"
TEXT = b" BT 0 Tr /F 12 Tf 20 20 Td (Rechnung) Tj ET"


def _gray(pixels: Pixels, **more: Any) -> tuple[bytes, dict[str, Any]]:
    height, width = pixels.shape
    entries = {"/Width": width, "/Height": height, "/BitsPerComponent": 8, "/ColorSpace": Name.DeviceGray}
    return zlib.compress(pixels.tobytes()), {**entries, "/Filter": Name.FlateDecode, **more}


def _jpeg(pixels: Pixels, mode: str = "RGB", **more: Any) -> tuple[bytes, dict[str, Any]]:
    buffer = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(buffer, "JPEG", quality=92)
    space = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB, "CMYK": Name.DeviceCMYK}[mode]
    height, width = pixels.shape[:2]
    entries = {"/Width": width, "/Height": height, "/BitsPerComponent": 8, "/ColorSpace": space}
    return buffer.getvalue(), {**entries, "/Filter": Name.DCTDecode, **more}


def _rendered(path: Path, scale: float) -> Pixels:
    document = pdfium.PdfDocument(path)
    pixels = document[0].render(scale=scale, grayscale=True).to_numpy()
    copy = pixels.reshape(pixels.shape[:2]).copy()
    document.close()
    return copy


def _names(page: Page) -> list[str]:
    return [step.name for step in page.steps]


def test_a_page_that_is_one_image_yields_its_bits(
    make_pdf: MakePdf, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels
) -> None:
    image = _jpeg(colour_picture)
    page = page_of(make_pdf(FULL, {"I": image}))
    assert page.stream.data == image[0]
    assert page.stream.filter is ImageFilter.DCT
    assert (page.steps, page.visible_text, page.orientation) == ((), False, 1)
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()
    assert tuple(page.resolution) == pytest.approx((60 * 72 / 200, 40 * 72 / 100))
    assert page.resolution_origin == "file"  # a PDF states paper, however few dots there are on it


def test_a_pdf_that_counts_pixels_as_points_lies_about_its_paper(
    make_pdf: MakePdf, page_of: OpenPage
) -> None:
    image = _gray(np.full((3508, 2480), 255, dtype=np.uint8))
    page = page_of(make_pdf(b"2480 0 0 3508 0 0 cm /I Do", {"I": image}, size=(2480, 3508)))
    assert (page.resolution, page.resolution_origin) == (Resolution(300, 300), "inferred")
    assert page.stream.data == image[0]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize(
    "matrix",
    [
        "200 0 0 100 0 0",
        "-200 0 0 100 200 0",
        "200 0 0 -100 0 100",
        "-200 0 0 -100 200 100",
        "0 100 200 0 0 0",
        "0 -100 200 0 0 100",
        "0 100 -200 0 200 0",
        "0 -100 -200 0 200 100",
    ],
)
def test_orientation_is_what_a_reader_shows(
    make_pdf: MakePdf, page_of: OpenPage, gray_picture: Pixels, matrix: str, rotate: int
) -> None:
    content = f"q {matrix} cm /I Do Q".encode()
    path = make_pdf(content, {"I": _gray(gray_picture)}, page={"/Rotate": rotate})
    page = page_of(path)
    assert (page.pixels == gray_picture).all()
    stored = Image.fromarray(page.pixels)
    stored.getexif()[0x0112] = page.orientation
    view = ImageOps.exif_transpose(stored)
    shown = Image.fromarray(_rendered(path, 1.0))
    assert (view.width > view.height) == (shown.width > shown.height) or matrix.startswith("0")
    small = [np.asarray(picture.resize((20, 20), Image.Resampling.BOX), float) for picture in (view, shown)]
    assert np.abs(small[0] - small[1]).mean() < 12


@pytest.mark.parametrize("user_unit", [None, 2.0])
@pytest.mark.parametrize("rotate", [0, 90])
def test_resolution_comes_from_the_placement_along_the_image_s_own_axes(
    make_pdf: MakePdf, page_of: OpenPage, user_unit: float | None, rotate: int
) -> None:
    pixels = np.zeros((600, 800), dtype=np.uint8)
    more: dict[str, Any] = {"/Rotate": rotate}
    if user_unit:
        more["/UserUnit"] = user_unit
    page = page_of(make_pdf(FULL, {"I": _gray(pixels)}, page=more))
    unit = user_unit or 1
    assert tuple(page.resolution) == pytest.approx((800 * 72 / 200 / unit, 600 * 72 / 100 / unit))
    assert page.resolution_origin == "file"
    turned = page_of(make_pdf(b"q 0 100 -200 0 200 0 cm /I Do Q", {"I": _gray(pixels)}))
    assert tuple(turned.resolution) == pytest.approx((800 * 72 / 100, 600 * 72 / 200))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(-8, 8).filter(lambda angle: abs(angle) > 0.1), st.booleans())
def test_an_image_that_lies_askew_is_drawn_as_it_lies(
    make_pdf: MakePdf, page_of: OpenPage, gray_picture: Pixels, angle: float, shear: bool
) -> None:
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    second = (0.0, 120.0) if shear else (-120 * sine, 120 * cosine)
    matrix = (240 * cosine, 240 * sine, *second, -20, -10)
    content = ("q " + " ".join(f"{value:.5f}" for value in matrix) + " cm /I Do Q").encode()
    assert _names(page_of(make_pdf(content, {"I": _gray(gray_picture)}))) == ["rendered"]


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (FULL, True),
        (b"q 196 0 0 99 2 0 cm /I Do Q", True),
        (b"q 190 0 0 90 5 5 cm /I Do Q", False),  # 85 %
        (b"q 220 0 0 110 -10 -5 cm /I Do Q", False),  # cropped by more than a twentieth
        (b"q 0 0 200 100 re W n 200 0 0 100 0 0 cm /I Do Q", True),
        (b"q 0 0 200 60 re W n 200 0 0 100 0 0 cm /I Do Q", False),
        (b"q 0 0 m 200 0 l 200 100 l h W n 200 0 0 100 0 0 cm /I Do Q", False),  # a triangle
        (b"1 1 1 rg 0 0 200 100 re f " + FULL, True),
        (b"0.9 g 0 0 50 50 re f " + FULL, True),  # covered
        (FULL + b" 1 g 50 50 20 20 re f", False),  # may hide something
        (FULL + b" 0 G 10 10 m 90 90 l S", False),
        (FULL + b" 10 10 30 30 re n", True),
        (FULL + b" 0 g 300 300 20 20 re f", True),  # off the page
        (FULL + HIDDEN_TEXT, True),
        (HIDDEN_TEXT + b" " + FULL, True),
        (b"q 0.5 g BT 0 Tr /F 9 Tf 20 20 Td (under) Tj ET Q " + FULL, True),
        (b"BT 7 Tr /F 90 Tf 0 20 Td (cut) Tj ET " + FULL, False),
        (FULL + FULL, False),
        (b"q /Half gs 200 0 0 100 0 0 cm /I Do Q", False),
        (b"/Artifact BMC " + FULL + b" EMC", True),
    ],
)
def test_only_a_page_that_shows_nothing_but_its_image_is_that_image(
    make_pdf: MakePdf, page_of: OpenPage, gray_picture: Pixels, content: bytes, whole: bool
) -> None:
    image = _gray(gray_picture)
    path = make_pdf(content, {"I": image})
    page = page_of(path)
    assert not page.visible_text
    assert (page.stream.data == image[0]) is whole
    assert (_names(page) == ["rendered"]) is not whole
    if not whole:
        expected = _rendered(path, 300 / 72)
        shown = page.pixels if page.pixels.ndim == 2 else page.pixels[:, :, 0]
        assert np.abs(shown.astype(int) - expected).mean() < 2


@pytest.mark.parametrize(
    ("form", "entries", "content", "whole"),
    [
        (b"100 0 0 100 0 0 cm /I Do", {}, b"q 2 0 0 1 0 0 cm /Fm Do Q", True),
        (b"1 0 0 1 0 0 cm /I Do", {"/Matrix": Array([200, 0, 0, 100, 0, 0])}, b"/Fm Do", True),
        (b"100 0 0 100 0 0 cm /I Do", {"/BBox": Array([0, 0, 40, 40])}, b"q 2 0 0 1 0 0 cm /Fm Do Q", False),
        (b"100 0 0 100 0 0 cm /I Do", {}, b"q 0 0 60 90 re W n 2 0 0 1 0 0 cm /Fm Do Q", False),
        (b"100 0 0 100 0 0 cm /I Do", {}, b"q /Half gs 2 0 0 1 0 0 cm /Fm Do Q", False),
        (b"100 0 0 100 0 0 cm /I Do", {}, b"q /Clear gs 2 0 0 1 0 0 cm /Fm Do Q", False),
    ],
)
def test_an_image_inside_a_form_is_taken_only_if_the_page_looks_like_it(
    make_pdf: MakePdf,
    page_of: OpenPage,
    gray_picture: Pixels,
    form: bytes,
    entries: dict[str, Any],
    content: bytes,
    whole: bool,
) -> None:
    image = _gray(gray_picture)
    forms = {"Fm": (form, {"/BBox": Array([0, 0, 500, 500]), **entries})}
    page = page_of(make_pdf(content, {"I": image}, forms=forms))
    assert (page.stream.data == image[0]) is whole


@pytest.mark.parametrize(
    ("content", "visible"),
    [
        (TEXT, True),
        (FULL + TEXT, True),
        (TEXT + b" " + FULL, False),
        (b"q 80 0 0 50 0 0 cm /I Do Q" + HIDDEN_TEXT, False),
        (FULL + HIDDEN_TEXT, False),
        (FULL + b" BT 1 Tr /F 12 Tf 20 20 Td (outline) Tj ET", True),
        (FULL + b" BT 7 Tr /F 12 Tf 20 20 Td (clip) Tj ET", False),
        (FULL + b" BT /F 12 Tf 20 20 Td (   ) Tj ET", False),
        (FULL + b" BT /F 12 Tf 900 20 Td (off the page) Tj ET", False),
        (FULL + b" /Clear gs BT /F 12 Tf 20 20 Td (glass) Tj ET", False),
        (FULL + b" /Fm Do", True),
        (b"", False),
    ],
)
def test_real_text_is_told_from_invisible_text(
    make_pdf: MakePdf, page_of: OpenPage, gray_picture: Pixels, content: bytes, visible: bool
) -> None:
    forms = {"Fm": (TEXT, {"/BBox": Array([0, 0, 500, 500])})}
    page = page_of(make_pdf(content, {"I": _gray(gray_picture)}, forms=forms))
    assert page.visible_text is visible
    if visible:
        assert _names(page) == ["rendered"]


@pytest.mark.parametrize("visible", [True, False])
def test_a_layer_shows_or_not(
    tmp_path: Path, make_pdf: MakePdf, page_of: OpenPage, gray_picture: Pixels, visible: bool
) -> None:
    image = _gray(gray_picture)
    path = make_pdf(b"/OC /Layer BDC " + FULL + b" EMC", {"I": image})
    with pikepdf.open(path) as pdf:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="Scan"))
        pdf.pages[0].obj.Resources.Properties = Dictionary(Layer=layer)
        base = Name.ON if visible else Name.OFF
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(BaseState=base))
        pdf.save(tmp_path / "layers.pdf")
    page = page_of(tmp_path / "layers.pdf")
    assert (page.stream.data == image[0]) is visible
    assert bool((page.pixels == 255).all()) is not visible


def _annotation(**entries: Any) -> Array:
    return Array([Dictionary(Type=Name.Annot, Rect=Array([20, 20, 120, 50]), **entries)])


@pytest.mark.filterwarnings("ignore:This document has .* form widget")
def test_annotations_that_show_are_drawn_and_their_text_counts(
    tmp_path: Path, make_pdf: MakePdf, page_of: OpenPage, gray_picture: Pixels
) -> None:
    image = _gray(gray_picture)
    plain = {
        "link": _annotation(Subtype=Name.Link, Border=Array([0, 0, 0])),
        "popup": _annotation(Subtype=Name.Popup),
        "hidden": _annotation(Subtype=Name.FreeText, F=2, Contents="secret"),
        "empty field": _annotation(Subtype=Name.Widget, FT=Name.Tx, T="name"),
    }
    for unseen in plain.values():
        page = page_of(make_pdf(FULL, {"I": image}, page={"/Annots": unseen}))
        assert page.stream.data == image[0]
    filled = _annotation(Subtype=Name.Widget, FT=Name.Tx, T="name", V="Erika Mustermann", DA="/F 12 Tf 0 g")
    page = page_of(make_pdf(FULL, {"I": image}, page={"/Annots": filled}))
    assert (page.visible_text, _names(page)) == (True, ["rendered"])
    path = make_pdf(FULL, {"I": image})
    with pikepdf.open(path) as pdf:
        appearance = pikepdf.Stream(pdf, b"1 0 0 rg 0 0 100 30 re f")
        appearance.Subtype, appearance.BBox = Name.Form, Array([0, 0, 100, 30])
        stamp = _annotation(Subtype=Name.Stamp, F=4, AP=Dictionary(N=pdf.make_indirect(appearance)))
        pdf.pages[0].obj.Annots = stamp
        pdf.save(tmp_path / "stamped.pdf")
    page = page_of(tmp_path / "stamped.pdf")
    assert (page.visible_text, _names(page), page.colour) == (False, ["rendered"], Colour.COLOUR)
    assert tuple(page.pixels[-130, 300]) == (255, 0, 0)


def test_stencils_in_black_are_black_on_white_and_others_are_drawn(
    make_pdf: MakePdf, page_of: OpenPage, gray_picture: Pixels
) -> None:
    ink = gray_picture < 128
    bits = np.packbits(~ink, axis=1).tobytes()
    entries = {"/Width": 60, "/Height": 40, "/ImageMask": True, "/BitsPerComponent": 1}
    compressed = zlib.compress(bits)
    stencil = (compressed, {**entries, "/Filter": Name.FlateDecode})
    inverse = (zlib.compress(np.packbits(ink, axis=1).tobytes()), {**stencil[1], "/Decode": Array([1, 0])})
    page = page_of(make_pdf(FULL, {"I": stencil}))
    assert page.stream.data == compressed
    assert page.colour is Colour.BITONAL
    assert (page.pixels == np.where(ink, 0, 255)).all()
    turned = page_of(make_pdf(FULL, {"I": inverse}))
    assert turned.stream.inverted
    assert (turned.pixels == page.pixels).all()
    red = page_of(make_pdf(b"1 0 0 rg " + FULL, {"I": stencil}))
    assert (_names(red), red.colour) == (["rendered"], Colour.COLOUR)
    over_text = page_of(make_pdf(TEXT + b" 0 g " + FULL, {"I": stencil}))
    assert over_text.visible_text


def _indexed(pixels: Pixels) -> tuple[bytes, dict[str, Any], Pixels]:
    palette = np.arange(256 * 3, dtype=np.uint32).astype(np.uint8).reshape(256, 3)
    space = Array([Name.Indexed, Name.DeviceRGB, 255, pikepdf.String(palette.tobytes())])
    data, entries = _gray(pixels, **{"/ColorSpace": space})
    return data, entries, palette[pixels]


def test_flate_images_of_many_kinds_keep_bits_and_pixels(
    make_pdf: MakePdf,
    page_of: OpenPage,
    shown_by_pikepdf: PixelsOf,
    gray_picture: Pixels,
    colour_picture: Pixels,
) -> None:
    data, entries, seen = _indexed(gray_picture)
    four = np.packbits(
        np.unpackbits((gray_picture >> 4)[:, :, None], axis=2)[:, :, 4:].reshape(40, -1), axis=1
    )
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    colour = zlib.compress(colour_picture.tobytes())
    rgb = {"/Width": 60, "/Height": 40, "/BitsPerComponent": 8, "/Filter": Name.FlateDecode}
    cases: list[tuple[bytes, dict[str, Any], Pixels, ColourSpace]] = [
        (data, entries, seen, ColourSpace.INDEXED),
        (*_gray(gray_picture, **{"/Decode": Array([1, 0])}), 255 - gray_picture, ColourSpace.GRAY),
        (
            zlib.compress(four.tobytes()),
            _gray(gray_picture, **{"/BitsPerComponent": 4})[1],
            (gray_picture >> 4) * 17,
            ColourSpace.GRAY,
        ),
        (colour, {**rgb, "/ColorSpace": Name.DeviceRGB}, colour_picture, ColourSpace.RGB),
    ]
    for stream, dictionary, expected, space in cases:
        page = page_of(make_pdf(FULL, {"I": (stream, dictionary)}))
        assert page.stream.data == stream
        assert page.stream.colour_space is space
        assert page.steps == ()
        assert (page.pixels == expected).all()
        assert (shown_by_pikepdf(page.stream) == expected).all()
    path = make_pdf(FULL, {"I": (colour, {**rgb, "/ColorSpace": Name.DeviceRGB})})
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        icc = pdf.make_indirect(pikepdf.Stream(pdf, profile, {"/N": 3}))
        pdf.pages[0].obj.Resources.XObject.I.ColorSpace = Array([Name.ICCBased, icc])
        pdf.save(path)
    page = page_of(path)
    assert page.stream.icc_profile == profile
    assert (page.pixels == colour_picture).all()


@pytest.mark.parametrize(
    "kind", ["cmyk jpeg", "lab", "separation", "decode", "16 bit", "lzw", "soft mask", "key mask"]
)
def test_what_a_page_cannot_keep_is_shown_the_same(
    make_pdf: MakePdf,
    page_of: OpenPage,
    shown_by_pikepdf: PixelsOf,
    gray_picture: Pixels,
    colour_picture: Pixels,
    kind: str,
) -> None:
    smooth = np.kron(colour_picture[::10, ::10], np.ones((10, 10, 1))).astype(np.uint8)
    gray_picture = smooth[:, :, 0]
    tint = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([1, 1, 1]), C1=Array([0, 0, 1]), N=1)
    lab = Array(
        [Name.Lab, Dictionary(WhitePoint=Array([0.95, 1, 1.09]), Range=Array([-100, 100, -100, 100]))]
    )
    rgb = {"/Width": 60, "/Height": 40, "/BitsPerComponent": 8, "/Filter": Name.FlateDecode}
    images: dict[str, tuple[bytes, dict[str, Any]]] = {
        "cmyk jpeg": _jpeg(smooth, "CMYK"),
        "lab": (zlib.compress(smooth.tobytes()), {**rgb, "/ColorSpace": lab}),
        "separation": _gray(
            gray_picture, **{"/ColorSpace": Array([Name.Separation, Name.Spot, Name.DeviceRGB, tint])}
        ),
        "decode": _gray(gray_picture, **{"/Decode": Array([0.2, 0.7])}),
        "16 bit": _gray(np.repeat(gray_picture, 2, axis=1), **{"/Width": 60, "/BitsPerComponent": 16}),
        "lzw": (gray_picture.tobytes().hex().encode() + b">", _gray(gray_picture)[1]),
        "soft mask": _gray(gray_picture),
        "key mask": _gray(gray_picture, **{"/Mask": Array([0, 100])}),
    }
    data, entries = images[kind]
    if kind == "lzw":
        entries = {**entries, "/Filter": Name.ASCIIHexDecode}
    path = make_pdf(FULL, {"I": (data, entries)})
    if kind == "soft mask":
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            mask = pdf.make_indirect(pikepdf.Stream(pdf, *_gray(255 - gray_picture)))
            mask.Subtype = Name.Image
            pdf.pages[0].obj.Resources.XObject.I.SMask = mask
            pdf.save(path)
    page = page_of(path)
    assert page.steps[-1].name in ("recode", "rendered")
    assert page.stream.filter in (ImageFilter.FLATE, ImageFilter.CCITT)
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()
    expected = _rendered(path, 0.6).astype(float)
    own = Image.fromarray(page.pixels).convert("L").resize(expected.shape[::-1], Image.Resampling.BOX)
    assert np.abs(np.asarray(own, float) - expected).mean() < 10


def test_one_bit_in_a_palette_of_black_and_white_is_bitonal(
    make_pdf: MakePdf, page_of: OpenPage, gray_picture: Pixels
) -> None:
    ink = gray_picture < 128
    space = Array([Name.Indexed, Name.DeviceRGB, 1, pikepdf.String(bytes([255] * 3 + [0] * 3))])
    entries = {**_gray(gray_picture)[1], "/BitsPerComponent": 1, "/ColorSpace": space}
    page = page_of(make_pdf(FULL, {"I": (zlib.compress(np.packbits(ink, axis=1).tobytes()), entries)}))
    assert (page.colour, page.stream.colour_space) == (Colour.BITONAL, ColourSpace.INDEXED)
    assert (page.pixels == np.where(ink, 0, 255)).all()


def test_a_jpeg_wrapped_in_flate_comes_out_as_a_jpeg(
    make_pdf: MakePdf, page_of: OpenPage, colour_picture: Pixels
) -> None:
    data, entries = _jpeg(colour_picture)
    wrapped = (zlib.compress(data), {**entries, "/Filter": Array([Name.FlateDecode, Name.DCTDecode])})
    page = page_of(make_pdf(FULL, {"I": wrapped}))
    assert (page.stream.data, page.stream.filter, page.steps) == (data, ImageFilter.DCT, ())


def test_a_truncated_jpeg_is_coded_whole_and_said(
    make_pdf: MakePdf, page_of: OpenPage, shown_by_pikepdf: PixelsOf, colour_picture: Pixels
) -> None:
    large = np.kron(colour_picture, np.ones((8, 8, 1))).astype(np.uint8)
    data, entries = _jpeg(large)
    page = page_of(make_pdf(FULL, {"I": (data[: len(data) * 2 // 3], entries)}))
    assert _names(page)[0] == "truncated"
    assert page.stream.filter is ImageFilter.FLATE
    assert (shown_by_pikepdf(page.stream) == page.pixels).all()


@pytest.mark.parametrize("damage", ["rows missing", "not flate", "no data"])
def test_a_broken_image_is_never_passed_on_nor_taken_for_an_empty_page(
    make_pdf: MakePdf, page_of: OpenPage, gray_picture: Pixels, damage: str
) -> None:
    data, entries = _gray(gray_picture)
    broken = {
        "rows missing": zlib.compress(gray_picture[:20].tobytes()),
        "not flate": b"x" * 400,
        "no data": b"",
    }
    path = make_pdf(FULL, {"I": (broken[damage], entries)})
    try:
        page = page_of(path)
    except PageFailed as failure:
        assert "damaged" in str(failure)
    else:
        assert page.stream.data != broken[damage]
        assert page.steps[-1].name in ("recode", "rendered")
        assert (page.pixels < 200).any()
    assert data != broken[damage]


def test_an_object_that_is_not_there_is_no_empty_page(make_pdf: MakePdf, page_of: OpenPage) -> None:
    with pytest.raises(PageFailed, match="nothing of it can be drawn"):
        page_of(make_pdf(b"q 200 0 0 100 0 0 cm /Gone Do Q"))


def test_an_empty_page_is_white_paper_of_its_size(
    make_pdf: MakePdf, page_of: OpenPage, shown_by_pikepdf: PixelsOf
) -> None:
    page = page_of(make_pdf(b"q Q", size=(595, 842), page={"/Rotate": 90}))
    assert page.pixels.shape == (2479, 3508)
    assert (page.colour, page.stream.filter, len(page.stream.data) < 2000) == (
        Colour.BITONAL,
        ImageFilter.CCITT,
        True,
    )
    assert (page.pixels == 255).all()
    assert (shown_by_pikepdf(page.stream) == 255).all()
    assert page.resolution.x == page.resolution.y == 300


def test_the_crop_box_is_the_page(make_pdf: MakePdf, page_of: OpenPage, gray_picture: Pixels) -> None:
    box = Array([50, 25, 150, 75])
    image = _gray(gray_picture)
    inside = page_of(make_pdf(b"q 100 0 0 50 50 25 cm /I Do Q", {"I": image}, page={"/CropBox": box}))
    assert inside.stream.data == image[0]
    cut = page_of(make_pdf(FULL, {"I": image}, page={"/CropBox": box}))
    assert _names(cut) == ["rendered"]
    assert cut.pixels.shape == pytest.approx((50 * 300 / 72, 100 * 300 / 72), abs=1)


def test_a_huge_page_is_drawn_at_what_it_can_afford_and_says_so(make_pdf: MakePdf, page_of: OpenPage) -> None:
    content = b"0 g 100 100 800 800 re f"
    page = page_of(make_pdf(content, size=(3000, 3000)), 1, IntakeSettings(max_megapixels=4))
    assert _names(page) == ["render_dpi_lowered", "rendered"]
    assert page.pixels.size <= 4e6
    lowered = page.steps[0].parameters
    assert lowered["wanted"] == 300
    assert page.resolution.x == pytest.approx(lowered["dpi"], rel=0.01)
    with pytest.raises(PageFailed, match=r"5\.1 × 5\.1 m"):
        page_of(make_pdf(content, size=(14400, 14400)), 1, IntakeSettings(max_megapixels=4))


def test_an_image_beyond_the_pixel_limit_fails_before_it_is_decoded(
    make_pdf: MakePdf, page_of: OpenPage
) -> None:
    entries = {"/Width": 60000, "/Height": 60000, "/BitsPerComponent": 8, "/ColorSpace": Name.DeviceGray}
    bomb = (zlib.compress(bytes(1000)), {**entries, "/Filter": Name.FlateDecode})
    for content in (FULL, b"q 20 0 0 10 0 0 cm /I Do Q"):
        with pytest.raises(PageFailed, match="60000 × 60000"):
            page_of(make_pdf(content, {"I": bomb}))


def test_an_empty_user_password_opens_and_gives_decrypted_bits(
    make_pdf: MakePdf, page_of: OpenPage, colour_picture: Pixels
) -> None:
    image = _jpeg(colour_picture)
    for strength in (4, 6):
        lock = pikepdf.Encryption(owner="owner", user="", R=strength)
        page = page_of(make_pdf(FULL, {"I": image}, encryption=lock))
        assert page.stream.data == image[0]


def test_broken_later_pages_fail_by_themselves(
    tmp_path: Path, make_pdf: MakePdf, page_of: OpenPage, gray_picture: Pixels
) -> None:
    good = make_pdf(FULL, {"I": _gray(gray_picture)})
    bad = make_pdf(b"/Gone Do")
    with pikepdf.open(good) as pdf, pikepdf.open(bad) as other:
        pdf.pages.extend(other.pages)
        pdf.pages.append(pdf.pages[0])
        pdf.save(tmp_path / "three.pdf")
    path = tmp_path / "three.pdf"
    assert (page_of(path, 1).pixels == gray_picture).all()
    with pytest.raises(PageFailed):
        page_of(path, 2)
    assert (page_of(path, 3).pixels == gray_picture).all()
