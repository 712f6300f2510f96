"""The image that is a PDF page: its own bits where they may be passed on, else its own pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from dipro_scan.intake.decoding import bitmap_pixels, decode_stream
from dipro_scan.intake.jbig2 import SYMBOL_CODING, segment_types
from dipro_scan.intake.jpeg_pages import code_jpeg
from dipro_scan.intake.pdf_document import PDF_ERRORS
from dipro_scan.intake.pdf_images import codec_of, may_be_archived, own_stream
from dipro_scan.intake.picture import PictureBroken
from dipro_scan.intake.pixels import CodedImage, code_losslessly, colour_of_stream
from dipro_scan.intake.placement import Placement
from dipro_scan.model import ColourSpace, ImageFilter, ImageStream, ProcessingStep

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PREVIEW_PX = 200
_MOST_CHECKED_IMAGES = 256
# Two renderings of the same image at preview size differ by rounding alone.
_SAME_MEAN_LEVELS, _SAME_WORST_LEVELS = 2.0, 48


def coded_full_image(
    page: pikepdf.Page, pdfium_page: pdfium.PdfPage, placement: Placement
) -> CodedImage | None:
    """The page's image; None where the page must be drawn to be seen as it is."""
    image = _same_image(page, placement.image)
    if image is None or any(key in image for key in ("/SMask", "/Mask", "/OC")):
        return None
    if bool(image.get("/ImageMask", False)) != placement.stencil:
        return None
    if placement.stencil and not placement.paints_black:
        return None
    try:
        stream = own_stream(image, as_stencil=placement.stencil)
        coded = _from_stream(stream) if stream is not None else None
    except PDF_ERRORS:
        coded = None
    if coded is None and not placement.stencil:
        coded = _from_pixels(image, placement)
    if coded is None or placement.certain:
        return coded
    return coded if _shows_the_same(pdfium_page, placement, coded) else None


def every_image_decodes(page: pdfium.PdfPage) -> bool:
    """Whether PDFium can decode all images on the page (the first few hundred of them)."""
    images = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE])
    try:
        for image, _number in zip(images, range(_MOST_CHECKED_IMAGES), strict=False):
            bitmap_pixels(image)
    except pdfium.PdfiumError:
        return False
    return True


def _same_image(page: pikepdf.Page, image: pdfium.PdfImage) -> pikepdf.Object | None:
    """The image object of PDFium's among those that qpdf finds, known by its bytes."""
    data = bytes(image.get_data())
    size = image.get_px_size()
    found: list[pikepdf.Object] = []
    for candidate in _images_of(page.resources):
        try:
            same_size = (int(candidate.get("/Width", 0)), int(candidate.get("/Height", 0))) == size
            if same_size and bytes(candidate.read_raw_bytes()) == data:
                found.append(candidate)
        except PDF_ERRORS:
            continue
    # Twins with the same data may still differ in colours, and either could be the one drawn.
    return found[0] if len(found) == 1 else None


def _images_of(resources: pikepdf.Object | None) -> Iterator[pikepdf.Object]:
    """Every image among `resources` and those of the forms in them, each once."""
    seen: set[tuple[int, int]] = set()
    waiting = [resources]
    while waiting:
        level = waiting.pop()
        objects = level.get("/XObject") if isinstance(level, pikepdf.Dictionary) else None
        for item in objects.values() if isinstance(objects, pikepdf.Dictionary) else ():
            if not isinstance(item, pikepdf.Stream) or item.objgen in seen:
                continue
            seen.add(item.objgen)
            if str(item.get("/Subtype")) == "/Image":
                yield item
            elif str(item.get("/Subtype")) == "/Form":
                waiting.append(item.get("/Resources"))


def _from_stream(stream: ImageStream) -> CodedImage | None:
    if stream.filter is ImageFilter.DCT:
        return _from_jpeg(stream)
    pixels = decode_stream(stream)
    if pixels is None:
        return None
    if may_be_archived(stream):
        return CodedImage(stream, pixels, colour_of_stream(stream, pixels))
    recoded = code_losslessly(_image_of(stream, pixels), _codec_name(stream), icc_profile=stream.icc_profile)
    if stream.filter is ImageFilter.JBIG2 and _is_symbol_coded(stream):
        step = ProcessingStep("jbig2_symbol_coding", archive=True)
        return CodedImage(recoded.stream, recoded.pixels, recoded.colour, (step, *recoded.steps))
    return recoded


def _from_jpeg(stream: ImageStream) -> CodedImage | None:
    """JPEG data whose header agrees with the PDF's dictionary about size and colours."""
    try:
        coded = code_jpeg(stream.data, stream.icc_profile)
    except PictureBroken:
        return None
    own = coded.stream
    if (own.width_px, own.height_px, own.colour_space) != (
        stream.width_px,
        stream.height_px,
        stream.colour_space,
    ):
        return None
    if own.filter is not ImageFilter.DCT:
        return None if stream.inverted else coded
    pixels = 255 - coded.pixels if stream.inverted else coded.pixels
    kept = own if not (stream.decode_parms or stream.inverted) else stream
    return CodedImage(kept, pixels, coded.colour)


def _from_pixels(image: pikepdf.Object, placement: Placement) -> CodedImage | None:
    """The image at its own resolution as PDFium shows it, for colours that a page cannot keep."""
    try:
        pixels = bitmap_pixels(placement.image)
    except pdfium.PdfiumError:
        return None
    bitonal = int(image.get("/BitsPerComponent", 8)) == 1 and pixels.ndim == 2
    picture = Image.fromarray(pixels > 127) if bitonal else Image.fromarray(pixels)
    return code_losslessly(picture, f"pdf {codec_of(image)}")


def _image_of(stream: ImageStream, pixels: NDArray[np.uint8]) -> Image.Image:
    one_bit = stream.bits_per_component == 1 and stream.colour_space is ColourSpace.GRAY
    return Image.fromarray(pixels > 127) if one_bit else Image.fromarray(pixels)


def _codec_name(stream: ImageStream) -> str:
    return f"pdf {stream.filter.removesuffix('Decode').lower()}"


def _is_symbol_coded(stream: ImageStream) -> bool:
    kinds = (segment_types(stream.jbig2_globals) or frozenset()) | (segment_types(stream.data) or frozenset())
    return bool(kinds & SYMBOL_CODING)


def _shows_the_same(page: pdfium.PdfPage, placement: Placement, coded: CodedImage) -> bool:
    """Whether the page, drawn small, looks like the image alone laid out as it is placed there."""
    width, height = page.get_size()
    scale = _PREVIEW_PX / max(width, height, 1.0)
    bitmap = page.render(scale=scale, grayscale=True)
    shown = bitmap.to_numpy().reshape(bitmap.height, bitmap.width)
    view = _in_view(coded.pixels, placement.orientation(page.get_rotation()))
    alone = view.convert("L").resize((bitmap.width, bitmap.height), Image.Resampling.BOX)
    # Renderers reduce images differently; blurring both leaves what a reader would call different.
    difference = np.abs(_blurred(shown) - _blurred(np.asarray(alone)))
    return bool(difference.mean() <= _SAME_MEAN_LEVELS and difference.max() <= _SAME_WORST_LEVELS)


def _in_view(pixels: NDArray[np.uint8], orientation: int) -> Image.Image:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    image = Image.fromarray(pixels)
    return image.transpose(turns[orientation]) if orientation in turns else image


def _blurred(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Means over 4 × 4 pixels."""
    rows, columns = (side // 4 * 4 for side in pixels.shape)
    blocks = pixels[:rows, :columns].astype(np.float64).reshape(rows // 4, 4, columns // 4, 4)
    return blocks.mean(axis=(1, 3)) if rows and columns else pixels.astype(np.float64)
