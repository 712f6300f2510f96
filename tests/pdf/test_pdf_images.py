from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageCms, TiffImagePlugin

from dipro_scan.model import ColourSpace, ImageFilter, ImageStream, PageGeometry
from dipro_scan.pdf import PdfJob, PdfPage, check_pdfa, write_pdf

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, make_job: Callable[..., PdfJob], make_page: Callable[..., PdfPage]) -> Write:
    def write_all(*streams: ImageStream, geometry: PageGeometry | None = None) -> Path:
        target = tmp_path / "images.pdf"
        pages = [make_page(stream, geometry or PageGeometry(210, 297)) for stream in streams]
        write_pdf(make_job(*pages), target)
        return target

    return write_all


def first_image(path: Path) -> dict[str, Any]:
    """Raw bytes and dictionary of the first page's image."""
    with pikepdf.open(path) as pdf:
        image = next(iter(pdf.pages[0].Resources.XObject.values()))
        facts = {str(key): value for key, value in image.items()}
        facts["raw"] = image.read_raw_bytes()
        facts["text"] = {key: str(value) for key, value in facts.items() if key != "raw"}
        return facts


def jpeg_of(path: Path) -> ImageStream:
    with Image.open(path) as image:
        space = ColourSpace.GRAY if image.mode == "L" else ColourSpace.RGB
        return ImageStream(ImageFilter.DCT, image.width, image.height, space, 8, path.read_bytes())


def group4_of(path: Path) -> ImageStream:
    with Image.open(path) as image:
        assert isinstance(image, TiffImagePlugin.TiffImageFile)
        tags = image.tag_v2
        (start,), (length,) = tags[273], tags[279]
        parms = {"K": -1, "Columns": image.width, "Rows": image.height, "BlackIs1": tags[262] == 1}
        data = path.read_bytes()[start : start + length]
        return ImageStream(ImageFilter.CCITT, image.width, image.height, ColourSpace.GRAY, 1, data, parms)


def jbig2_of(path: Path) -> ImageStream:
    with pikepdf.open(path) as pdf:
        image = next(
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Filter") == pikepdf.Name.JBIG2Decode
        )
        parms = image.get("/DecodeParms")
        shared = (
            parms.JBIG2Globals.read_raw_bytes() if parms is not None and "/JBIG2Globals" in parms else b""
        )
        return ImageStream(
            ImageFilter.JBIG2,
            int(image.Width),
            int(image.Height),
            ColourSpace.GRAY,
            1,
            image.read_raw_bytes(),
            jbig2_globals=shared,
        )


def test_a_scanned_jpeg_is_copied_bit_for_bit(scans: Path, write: Write) -> None:
    source = scans / "ocr" / "ocrd_clauren_mimil_1815_0031.jpg"
    path = write(jpeg_of(source))
    assert first_image(path)["raw"] == source.read_bytes()
    assert check_pdfa(path) == ()


def test_a_fax_is_copied_bit_for_bit_and_shown_as_it_was(scans: Path, tmp_path: Path, write: Write) -> None:
    with Image.open(scans / "ocr" / "unlv_8505_001.tif") as scan:
        fax = scan.convert("1")
        fax.save(tmp_path / "fax.tif", compression="group4", tiffinfo={278: fax.height})
    stream = group4_of(tmp_path / "fax.tif")
    path = write(stream, geometry=PageGeometry(fax.width / 300 * 25.4, fax.height / 300 * 25.4))
    facts = first_image(path)
    assert facts["raw"] == stream.data
    assert facts["text"]["/Filter"] == "/CCITTFaxDecode"
    shown = pypdfium2.PdfDocument(path)[0].render(scale=300 / 72, grayscale=True).to_pil().convert("L")
    dark = (np.asarray(shown.resize(fax.size)) < 128).mean()
    assert dark == pytest.approx((~np.asarray(fax)).mean(), abs=0.01)
    assert check_pdfa(path) == ()


def test_a_jbig2_scan_is_copied_bit_for_bit_with_its_globals(scans: Path, write: Write) -> None:
    stream = jbig2_of(scans / "skew" / "omp_jbig2.pdf")
    path = write(stream)
    assert first_image(path)["raw"] == stream.data
    assert check_pdfa(path) == ()
    shared = ImageStream(
        ImageFilter.JBIG2, 8, 8, ColourSpace.GRAY, 1, stream.data, jbig2_globals=b"shared segments"
    )
    with pikepdf.open(write(shared, shared)) as pdf:
        first, second = (page.Resources.XObject["/Im0"] for page in pdf.pages)
        assert first.DecodeParms.JBIG2Globals.read_raw_bytes() == b"shared segments"
        assert first.objgen == second.objgen


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_png_predictor_travels_with_its_stream(mode: str, write: Write) -> None:
    image = Image.effect_noise((60, 40), 50).convert(mode)
    components = len(image.getbands())
    rows = np.asarray(image).reshape(40, -1)
    data = zlib.compress(b"".join(b"\x00" + row.tobytes() for row in rows))
    parms = {"Predictor": 15, "Colors": components, "BitsPerComponent": 8, "Columns": 60}
    space = ColourSpace.GRAY if mode == "L" else ColourSpace.RGB
    path = write(ImageStream(ImageFilter.FLATE, 60, 40, space, 8, data, parms), geometry=PageGeometry(60, 40))
    facts = first_image(path)
    assert facts["raw"] == data
    assert {str(key)[1:]: int(value) for key, value in facts["/DecodeParms"].items()} == parms
    shown = pypdfium2.PdfDocument(path)[0].render(scale=25.4 / 72).to_pil().convert(mode)
    assert np.abs(np.asarray(shown, float) - np.asarray(image.resize(shown.size), float)).mean() < 12
    assert check_pdfa(path) == ()


def test_a_palette_keeps_its_colours(write: Write) -> None:
    palette = bytes([255, 255, 255, 200, 30, 30, 20, 40, 160])
    pixels = np.repeat(np.array([[0, 1, 2, 1]], dtype=np.uint8), 4, axis=0)
    stream = ImageStream(
        ImageFilter.FLATE, 4, 4, ColourSpace.INDEXED, 8, zlib.compress(pixels.tobytes()), palette=palette
    )
    path = write(stream, geometry=PageGeometry(40, 40))
    shown = pypdfium2.PdfDocument(path)[0].render(scale=1).to_pil().convert("RGB")
    middle = shown.height // 2
    colours = [shown.getpixel((round((i + 0.5) * shown.width / 4), middle)) for i in range(4)]
    assert colours == [(255, 255, 255), (200, 30, 30), (20, 40, 160), (200, 30, 30)]
    assert check_pdfa(path) == ()


@pytest.mark.parametrize("space", [ColourSpace.GRAY, ColourSpace.RGB, ColourSpace.INDEXED])
def test_inverted_samples_are_shown_inverted(space: ColourSpace, write: Write) -> None:
    components = 3 if space is ColourSpace.RGB else 1
    dark = zlib.compress(bytes(4 * 4 * components))
    bits = 1 if space is ColourSpace.INDEXED else 8
    stream = ImageStream(
        ImageFilter.FLATE, 4, 4, space, bits, dark, inverted=True, palette=bytes([0, 0, 0, 255, 255, 255])
    )
    path = write(stream, geometry=PageGeometry(10, 10))
    shown = pypdfium2.PdfDocument(path)[0].render(scale=1).to_pil().convert("L")
    assert shown.getpixel((shown.width // 2, shown.height // 2)) == 255
    assert check_pdfa(path) == ()


def colour_profile(name: str = "sRGB") -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


def profiled(profile: bytes, space: ColourSpace = ColourSpace.RGB) -> ImageStream:
    data = zlib.compress(bytes(4 * 4 * (3 if space is ColourSpace.RGB else 1)))
    return ImageStream(ImageFilter.FLATE, 4, 4, space, 8, data, icc_profile=profile)


def test_a_source_profile_that_pdfa_allows_is_kept(write: Write) -> None:
    profile = colour_profile()
    path = write(profiled(profile))
    space = first_image(path)["/ColorSpace"]
    assert str(space[0]) == "/ICCBased"
    assert check_pdfa(path) == ()
    with pikepdf.open(path) as pdf:
        kept = pdf.pages[0].Resources.XObject["/Im0"].ColorSpace[1]
        assert kept.read_bytes() == profile
        assert int(kept.N) == 3


@pytest.mark.parametrize(
    ("profile", "space"),
    [
        (b"no profile at all", ColourSpace.RGB),
        (colour_profile()[:-20], ColourSpace.RGB),
        (colour_profile(), ColourSpace.GRAY),
        (colour_profile("LAB"), ColourSpace.RGB),
        (colour_profile()[:8] + b"\x05" + colour_profile()[9:], ColourSpace.RGB),
        (colour_profile()[:12] + b"link" + colour_profile()[16:], ColourSpace.RGB),
    ],
    ids=["junk", "cut short", "RGB for gray", "Lab", "version 5", "device link"],
)
def test_a_source_profile_that_pdfa_forbids_gives_way_to_srgb(
    profile: bytes, space: ColourSpace, write: Write
) -> None:
    path = write(profiled(profile, space))
    assert first_image(path)["text"]["/ColorSpace"] in ("/DeviceRGB", "/DeviceGray")
    assert check_pdfa(path) == ()


def test_equal_images_are_stored_once_and_unequal_ones_apart(
    write: Write, letter_stream: ImageStream
) -> None:
    same = write(letter_stream, letter_stream, letter_stream)
    assert len(letter_stream.data) < same.stat().st_size < 2 * len(letter_stream.data)
    turned = ImageStream(
        letter_stream.filter,
        letter_stream.width_px,
        letter_stream.height_px,
        letter_stream.colour_space,
        8,
        letter_stream.data,
        inverted=True,
    )
    with pikepdf.open(write(letter_stream, turned)) as pdf:
        first, second = (page.Resources.XObject["/Im0"] for page in pdf.pages)
        assert first.objgen != second.objgen
        assert "/Decode" in second
        assert "/Decode" not in first


def test_jpeg_2000_is_copied_bit_for_bit(write: Write) -> None:
    buffer = io.BytesIO()
    Image.effect_noise((64, 48), 40).convert("RGB").save(buffer, "JPEG2000")
    stream = ImageStream(ImageFilter.JPX, 64, 48, ColourSpace.RGB, 8, buffer.getvalue())
    path = write(stream)
    assert first_image(path)["raw"] == stream.data
    assert check_pdfa(path) == ()
