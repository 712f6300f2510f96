"""What a PDF reader sees in an image stream: PDFium decodes it, set alone into a PDF of one page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from dipro_scan.model import ColourSpace, ImageStream

if TYPE_CHECKING:
    from numpy.typing import NDArray


def decode_stream(stream: ImageStream) -> NDArray[np.uint8] | None:
    """The stream's pixels, uint8 gray (height, width) or RGB (height, width, 3); None if it has none.

    Colour profiles are left aside: the samples are those that are stored.
    """
    document = pdfium.PdfDocument(_pdf_of(stream))
    try:
        page = document[0]
        image = next(iter(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE])), None)
        pixels = None if image is None else bitmap_pixels(image)
        page.close()
    except pdfium.PdfiumError:
        return None
    finally:
        document.close()
    if pixels is None or pixels.shape[:2] != (stream.height_px, stream.width_px):
        return None
    if pixels.ndim == 3 and (stream.colour_space is ColourSpace.GRAY or _is_neutral(stream.palette)):
        return pixels[:, :, 0].copy()
    return pixels


def bitmap_pixels(image: pdfium.PdfImage) -> NDArray[np.uint8]:
    """An image object's own pixels as PDFium shows them, colours in RGB. Raises PdfiumError."""
    bitmap = image.get_bitmap()
    return rgb_or_gray(bitmap.to_numpy(), bitmap.format)


def rgb_or_gray(array: NDArray[np.uint8], bitmap_format: int) -> NDArray[np.uint8]:
    """A copy of PDFium's pixels (gray, BGR, BGRx or BGRA on white) as gray or RGB."""
    if bitmap_format == pdfium_c.FPDFBitmap_Gray:
        return array.reshape(array.shape[0], array.shape[1]).copy()
    colours = array[:, :, 2::-1]
    if bitmap_format == pdfium_c.FPDFBitmap_BGRA:
        alpha = array[:, :, 3:].astype(np.uint16)
        blended: NDArray[np.uint8] = ((colours * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
        return blended
    return np.ascontiguousarray(colours)


def _pdf_of(stream: ImageStream) -> bytes:
    with pikepdf.new() as pdf:
        image = pikepdf.Stream(pdf, stream.data)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height = stream.width_px, stream.height_px
        image.BitsPerComponent = stream.bits_per_component
        image.ColorSpace = _colour_space(stream)
        image.Filter = pikepdf.Name(f"/{stream.filter}")
        parms = pikepdf.Dictionary({f"/{key}": value for key, value in stream.decode_parms.items()})
        if stream.jbig2_globals:
            parms.JBIG2Globals = pdf.make_indirect(pikepdf.Stream(pdf, stream.jbig2_globals))
        image.DecodeParms = parms
        if stream.inverted:
            image.Decode = pikepdf.Array([1, 0])
        page = pdf.add_blank_page(page_size=(100, 100))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=pdf.make_indirect(image)))
        page.Contents = pikepdf.Stream(pdf, b"100 0 0 100 0 0 cm /I Do")
        buffer = io.BytesIO()
        pdf.save(buffer, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return buffer.getvalue()


def _is_neutral(palette: bytes) -> bool:
    return bool(palette) and palette[0::3] == palette[1::3] == palette[2::3]


def _colour_space(stream: ImageStream) -> pikepdf.Object:
    if stream.colour_space is ColourSpace.INDEXED:
        highest = len(stream.palette) // 3 - 1
        palette = pikepdf.String(stream.palette)
        return pikepdf.Array([pikepdf.Name.Indexed, pikepdf.Name.DeviceRGB, highest, palette])
    return pikepdf.Name.DeviceGray if stream.colour_space is ColourSpace.GRAY else pikepdf.Name.DeviceRGB
