"""`ImageStream` → PDF image dictionary. Describes the bytes; never touches them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace

from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from dipro_scan.model import ColourSpace, ImageStream, StoredImage
from dipro_scan.model.layers import BACKGROUND_STEP
from dipro_scan.pdf.colour_profiles import allowed_source_profile
from dipro_scan.pdf.spool import StreamSpool

_COMPONENTS = {ColourSpace.GRAY: 1, ColourSpace.RGB: 3, ColourSpace.INDEXED: 1}


@dataclass(frozen=True, slots=True)
class SpooledImage:
    """An image whose bytes lie in the spool: `facts` is the stream without its data.

    A stencil is painted in the current colour where it is black (ISO 32000-1, 8.9.6.2). An image with a
    `mask` shows only where that is black (8.9.6.3).
    """

    facts: ImageStream
    object_number: int
    is_stencil: bool = False
    mask: SpooledImage | None = None


@dataclass(frozen=True, slots=True)
class SpooledPage:
    """What is painted on a page: an image that covers it, then its inks, as an image with a mask or as a
    stencil in a `colour` (RGB 0-255).

    `reach`: how far both reach, to the right and down, in times of the page's width and height.
    """

    ground: SpooledImage
    reach: tuple[float, float] = (1.0, 1.0)
    inks: SpooledImage | None = None
    colour: tuple[int, int, int] | None = None


@dataclass(slots=True)
class ImageStore:
    """Spools images, equal ones once, and makes their objects when the document is open."""

    spool: StreamSpool
    _by_hash: dict[str, SpooledImage] = field(default_factory=dict)
    _objects: dict[int, Object] = field(default_factory=dict)
    _shared: dict[bytes, Object] = field(default_factory=dict)

    def add(self, image: StoredImage) -> SpooledPage:
        """Spools what is painted on a page; equal streams once."""
        if isinstance(image, ImageStream):
            return SpooledPage(self._add(image))
        ground = self._add(image.background)
        columns, rows = (size * BACKGROUND_STEP for size in (ground.facts.width_px, ground.facts.height_px))
        reach = (columns / image.width_px, rows / image.height_px)
        if image.mask is None:
            return SpooledPage(ground, reach)
        mask = self._add(image.mask, is_stencil=True)
        if isinstance(image.inks, ImageStream):
            return SpooledPage(ground, reach, self._add(image.inks, mask=mask))
        return SpooledPage(ground, reach, mask, image.inks)

    def _add(
        self, stream: ImageStream, *, is_stencil: bool = False, mask: SpooledImage | None = None
    ) -> SpooledImage:
        # Equal images behind different masks are different objects.
        key = f"{_fingerprint(stream)} {is_stencil} {mask.object_number if mask is not None else None}"
        if key not in self._by_hash:
            number = self.spool.add(stream.data)
            self._by_hash[key] = SpooledImage(replace(stream, data=b""), number, is_stencil, mask)
        return self._by_hash[key]

    def image_object(self, pdf: Pdf, image: SpooledImage) -> Object:
        """The image XObject, the same object for the same image."""
        if image.object_number not in self._objects:
            self._objects[image.object_number] = self._describe(pdf, image)
        return self._objects[image.object_number]

    def _describe(self, pdf: Pdf, image: SpooledImage) -> Object:
        facts = image.facts
        target = pdf.get_object(image.object_number, 0)
        target.Type = Name.XObject
        target.Subtype = Name.Image
        target.Width = facts.width_px
        target.Height = facts.height_px
        target.BitsPerComponent = facts.bits_per_component
        if image.is_stencil:
            target.ImageMask = True
        else:
            target.ColorSpace = self._colour_space(pdf, facts)
        if image.mask is not None:
            target.Mask = self.image_object(pdf, image.mask)
        target.Filter = Name("/" + facts.filter.value)
        parameters = _decode_parameters(facts)
        if facts.jbig2_globals:
            parameters[Name.JBIG2Globals] = self._shared_stream(pdf, facts.jbig2_globals)
        if len(parameters.keys()):
            target.DecodeParms = parameters
        if facts.inverted:
            target.Decode = Array(_inverted_decode(facts))
        return target

    def _colour_space(self, pdf: Pdf, facts: ImageStream) -> Object:
        """Device colour is defined by the document's sRGB output intent (ISO 19005-2, 6.2.4.3)."""
        device = Name.DeviceGray if facts.colour_space is ColourSpace.GRAY else Name.DeviceRGB
        base: Object = device
        if facts.icc_profile and allowed_source_profile(facts.icc_profile, facts.colour_space):
            profile = self._shared_stream(pdf, facts.icc_profile)
            profile.N = 1 if facts.colour_space is ColourSpace.GRAY else 3
            profile.Alternate = device
            base = Array([Name.ICCBased, profile])
        if facts.colour_space is ColourSpace.INDEXED:
            return Array([Name.Indexed, base, len(facts.palette) // 3 - 1, String(facts.palette)])
        return base

    def _shared_stream(self, pdf: Pdf, data: bytes) -> Object:
        key = hashlib.sha256(data).digest()
        if key not in self._shared:
            self._shared[key] = pdf.make_stream(data)
        return self._shared[key]


def _decode_parameters(facts: ImageStream) -> Dictionary:
    parameters = Dictionary()
    for name, value in sorted(facts.decode_parms.items()):
        parameters[Name("/" + name)] = value
    return parameters


def _inverted_decode(facts: ImageStream) -> list[int]:
    """ISO 32000-1, 8.9.5.2: the default decode array with both ends exchanged."""
    if facts.colour_space is ColourSpace.INDEXED:
        return [2**facts.bits_per_component - 1, 0]
    return [1, 0] * _COMPONENTS[facts.colour_space]


def _fingerprint(stream: ImageStream) -> str:
    """Equal for streams that look the same in a PDF."""
    facts = [
        stream.filter,
        stream.width_px,
        stream.height_px,
        stream.colour_space,
        stream.bits_per_component,
        sorted(stream.decode_parms.items()),
        stream.inverted,
        *(
            hashlib.sha256(part).hexdigest()
            for part in (stream.data, stream.palette, stream.icc_profile, stream.jbig2_globals)
        ),
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
