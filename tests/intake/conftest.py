"""Makes small sources and looks at page streams with other eyes than the program's own."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name

from dipro_scan.intake.outline import outline_source
from dipro_scan.intake.pages import open_page
from dipro_scan.model import ColourSpace, ImageStream, Page, PageInput
from dipro_scan.settings.schema import IntakeSettings

OpenPage = Callable[..., Page]
PixelsOf = Callable[[ImageStream], NDArray[np.uint8]]
MakePdf = Callable[..., Path]


@pytest.fixture(scope="session")
def page_of() -> OpenPage:
    """Outline a file, then open one of its pages, as a run does."""

    def opened(path: Path, source_page: int = 1, settings: IntakeSettings | None = None) -> Page:
        settings = settings or IntakeSettings()
        outline = outline_source(path, settings)
        assert 1 <= source_page <= outline.pages
        return open_page(PageInput(path, "0" * 64, outline.media_type, source_page), settings)

    return opened


@pytest.fixture(scope="session")
def shown_by_pikepdf() -> PixelsOf:
    """A stream's pixels as pikepdf and Pillow (libtiff for fax) decode them, gray or RGB."""

    def pixels(stream: ImageStream) -> NDArray[np.uint8]:
        with pikepdf.new() as pdf:
            image = pikepdf.Stream(pdf, stream.data)
            image.Subtype, image.Width, image.Height = Name.Image, stream.width_px, stream.height_px
            image.BitsPerComponent = stream.bits_per_component
            image.Filter = Name(f"/{stream.filter}")
            image.DecodeParms = Dictionary({f"/{key}": value for key, value in stream.decode_parms.items()})
            image.ColorSpace = Name.DeviceGray if stream.colour_space is ColourSpace.GRAY else Name.DeviceRGB
            if stream.colour_space is ColourSpace.INDEXED:
                highest = len(stream.palette) // 3 - 1
                palette = pikepdf.String(stream.palette)
                image.ColorSpace = Array([Name.Indexed, Name.DeviceRGB, highest, palette])
            picture = pikepdf.PdfImage(image).as_pil_image()
            mode = "L" if stream.colour_space is ColourSpace.GRAY else "RGB"
            array = np.asarray(picture.convert(mode))
        if array.ndim == 3 and (array == array[:, :, :1]).all() and stream.bits_per_component < 8:
            array = array[:, :, 0]
        return 255 - array if stream.inverted else array

    return pixels


@pytest.fixture
def make_pdf(tmp_path: Path) -> MakePdf:
    """A one-page PDF: `content`, named image dictionaries, and whatever else the page shall have."""

    def make(
        content: bytes,
        images: dict[str, tuple[bytes, dict[str, Any]]] | None = None,
        *,
        size: tuple[float, float] = (200, 100),
        page: dict[str, Any] | None = None,
        forms: dict[str, tuple[bytes, dict[str, Any]]] | None = None,
        encryption: pikepdf.Encryption | None = None,
    ) -> Path:
        with pikepdf.new() as pdf:
            objects = Dictionary()
            font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
            states = Dictionary(Half=Dictionary(ca=0.5), Clear=Dictionary(ca=0.0))
            resources = Dictionary(XObject=objects, Font=Dictionary(F=font), ExtGState=states)
            for name, (data, entries) in (images or {}).items():
                stream = pikepdf.Stream(pdf, data, {"/Type": Name.XObject, "/Subtype": Name.Image, **entries})
                objects[f"/{name}"] = pdf.make_indirect(stream)
            for name, (data, entries) in (forms or {}).items():
                stream = pikepdf.Stream(pdf, data, {"/Type": Name.XObject, "/Subtype": Name.Form, **entries})
                stream.Resources = resources
                objects[f"/{name}"] = pdf.make_indirect(stream)
            sheet = pdf.add_blank_page(page_size=size)
            sheet.obj.Resources = resources
            sheet.obj.Contents = pikepdf.Stream(pdf, content)
            for key, value in (page or {}).items():
                sheet.obj[key] = value
            buffer = io.BytesIO()
            if encryption is None:
                # Streams as they are given, or qpdf would mend what a test breaks.
                pdf.save(buffer, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
            else:
                pdf.save(buffer, encryption=encryption)
        path = tmp_path / f"made-{len(list(tmp_path.iterdir()))}.pdf"
        path.write_bytes(buffer.getvalue())
        return path

    return make


@pytest.fixture(scope="session")
def gray_picture() -> NDArray[np.uint8]:
    """60 × 40 pixels that look different after every turn and flip, with texture."""
    rng = np.random.default_rng(7)
    pixels = rng.integers(180, 256, (40, 60), dtype=np.uint8)
    pixels[:10, :30] = 0
    pixels[20:, :8] = 90
    return pixels


@pytest.fixture(scope="session")
def colour_picture(gray_picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same in colours."""
    return np.stack([gray_picture, np.roll(gray_picture, 9, axis=1), 255 - gray_picture], axis=2)
