"""Whatever happens to a file's bytes, its pages open or fail with a sentence; nothing else comes out."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from dipro_scan.intake import open_page, outline_source
from dipro_scan.model import PageFailed, PageInput, SourceRefused
from dipro_scan.settings.schema import IntakeSettings

# The second renderer is left out: some damaged files keep it busy for its whole time.
SETTINGS = IntakeSettings(render_dpi=72, max_megapixels=20)


def _saved(image: Image.Image, format_name: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_name, **options)
    return buffer.getvalue()


def _pdf(jpeg: bytes) -> bytes:
    with pikepdf.new() as pdf:
        image = pikepdf.Stream(pdf, jpeg)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = 60, 40, 8
        image.ColorSpace, image.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
        page = pdf.add_blank_page(page_size=(200, 100))
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=pdf.make_indirect(image)))
        page.obj.Contents = pikepdf.Stream(pdf, b"200 0 0 100 0 0 cm /I Do")
        buffer = io.BytesIO()
        pdf.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return buffer.getvalue()


def _sources() -> list[bytes]:
    rng = np.random.default_rng(5)
    colour = Image.fromarray(rng.integers(0, 256, (40, 60, 3), dtype=np.uint8))
    bitonal = colour.convert("1")
    exif = Image.Exif()
    exif[0x0112], exif[0x0132], exif[0x011A], exif[0x011B] = 6, "2019:03:04 05:06:07", 300.0, 300.0
    jpeg = _saved(colour, "JPEG", exif=exif)
    tiffs = [
        _saved(bitonal, "TIFF", compression=name, save_all=True, append_images=[bitonal.resize((20, 30))])
        for name in ("group4", "group3", "tiff_lzw", "tiff_adobe_deflate", "packbits", None)
    ]
    pngs = [_saved(image, "PNG", dpi=(300, 300)) for image in (colour, bitonal, colour.quantize(9))]
    more = [_saved(colour, "JPEG", progressive=True), _saved(colour.convert("CMYK"), "JPEG"), _pdf(jpeg)]
    frames = {"save_all": True, "append_images": [Image.fromarray(255 - np.asarray(colour)), colour]}
    others = [
        _saved(colour, "JPEG2000"),
        _saved(bitonal.convert("L"), "JPEG2000", no_jp2=True),
        _saved(colour, "GIF", **frames),
        _saved(colour, "WEBP", lossless=True, exif=exif, **frames),
        _saved(colour.convert("RGBA"), "WEBP"),
        *(_saved(image, "BMP", dpi=(300, 300)) for image in (colour, bitonal, colour.quantize(9))),
    ]
    return [jpeg, *more, *pngs, *tiffs, _saved(colour, "TIFF", compression="jpeg"), *others]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_files_fail_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    content = bytearray(data.draw(st.sampled_from(_sources())))
    changes = st.lists(
        st.tuples(
            st.integers(0, len(content) - 1) | st.integers(0, min(400, len(content) - 1)), st.integers(0, 255)
        ),
        min_size=1,
        max_size=12,
    )
    for place, value in data.draw(changes):
        content[place] = value
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    path = tmp_path / "damaged"
    path.write_bytes(content)
    try:
        outline = outline_source(path, SETTINGS)
        for number in range(1, min(outline.pages, 2) + 1):
            page = open_page(PageInput(path, "", outline.media_type, number), SETTINGS)
            assert page.pixels.shape[:2] == (page.stream.height_px, page.stream.width_px)
            assert all(value > 0 for value in page.resolution)
    except (SourceRefused, PageFailed) as refusal:
        assert str(refusal)
