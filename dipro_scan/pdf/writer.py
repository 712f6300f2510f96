"""Pages → one PDF/A-2u (ISO 19005-2, conformance level U).

Three passes over the pages: images go to the spool one by one; the words tell which characters the font
needs; then the page objects are made. Nothing in the file depends on the clock or on chance.
"""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from dipro_scan.pdf.alphabet import Alphabet
from dipro_scan.pdf.colour_profiles import srgb_profile
from dipro_scan.pdf.images import ImageStore, SpooledPage
from dipro_scan.pdf.job import PdfJob, PdfPage
from dipro_scan.pdf.metadata import document_information, xmp_packet
from dipro_scan.pdf.placement import Matrix, PageFrame, image_matrix, number
from dipro_scan.pdf.spool import StreamSpool
from dipro_scan.pdf.text_layer import text_operators, used_clusters, whole_words

_IMAGE: Final = "Im"
_FONT: Final = "F0"
_SRGB: Final = "sRGB IEC61966-2.1"


def write_pdf(job: PdfJob, target: Path) -> None:
    """Writes `job` as PDF/A-2u to `target`, which is replaced where it exists.

    Raises ValueError for a job without pages or an impossible geometry, OSError where the folder of `target`
    cannot be written, and whatever a page's `load_image` raises.
    """
    if not job.pages:
        raise ValueError("a PDF needs at least one page")
    with StreamSpool(target.parent) as spool:
        store = ImageStore(spool)
        images = [store.add(page.load_image()) for page in job.pages]
        with spool.open_document() as pdf:
            _add_pages(pdf, job, store, images)
            _describe_document(pdf, job)
            pdf.save(
                target,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
                compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                deterministic_id=True,
                fix_metadata_version=False,
            )


def _add_pages(pdf: Pdf, job: PdfJob, store: ImageStore, images: list[SpooledPage]) -> None:
    alphabet = Alphabet(
        (cluster for page in job.pages for cluster in used_clusters(page.text)),
        (word for page in job.pages for word in whole_words(page.text)),
    )
    font = alphabet.font_object(pdf) if any(True for page in job.pages for _ in page.text.words()) else None
    for page, image in zip(job.pages, images, strict=True):
        _add_page(pdf, page, store, image, alphabet, font)


def _add_page(
    pdf: Pdf, page: PdfPage, store: ImageStore, images: SpooledPage, alphabet: Alphabet, font: Object | None
) -> None:
    frame = PageFrame.around(page.geometry)
    text = text_operators(page.text, frame, alphabet, _FONT)
    picture, painted = _painted(images, image_matrix(page.geometry, frame), pdf, store)
    resources = Dictionary(XObject=Dictionary(painted))
    if font is not None and text:
        resources.Font = Dictionary({f"/{_FONT}": font})
    description = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, _decimal(frame.width), _decimal(frame.height)]),
        Resources=resources,
        Contents=_compressed(pdf, picture.encode("ascii") + text),
    )
    if frame.user_unit != 1:
        description.UserUnit = frame.user_unit
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(description)))


def _painted(
    images: SpooledPage, matrix: Matrix, pdf: Pdf, store: ImageStore
) -> tuple[str, dict[str, Object]]:
    """The operators that paint a page's image, and the images they name: the ground, then its inks."""
    place = matrix.reaching(*images.reach).operands()
    named = {f"/{_IMAGE}0": store.image_object(pdf, images.ground)}
    operators = f"q {place} cm /{_IMAGE}0 Do Q\n"
    if images.inks is None:
        return operators, named
    named[f"/{_IMAGE}1"] = store.image_object(pdf, images.inks)
    colour = " ".join(number(level / 255) for level in images.colour or ())
    return f"{operators}q {colour}{' rg ' if colour else ''}{place} cm /{_IMAGE}1 Do Q\n", named


def _describe_document(pdf: Pdf, job: PdfJob) -> None:
    profile = _compressed(pdf, srgb_profile())
    profile.N = 3
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String(_SRGB),
        Info=String(_SRGB),
        RegistryName=String("http://www.color.org"),
        DestOutputProfile=profile,
    )
    metadata = pdf.make_stream(xmp_packet(job))
    metadata.Type = Name.Metadata
    metadata.Subtype = Name.XML
    pdf.Root.Lang = String(job.language)
    pdf.Root.Metadata = metadata
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.trailer.Info = pdf.make_indirect(document_information(job))
    permanent_id = String(hashlib.sha256(job.document_id.encode()).digest()[:16])
    pdf.trailer.ID = Array([permanent_id, permanent_id])


def _compressed(pdf: Pdf, data: bytes) -> Object:
    stream = pdf.make_stream(zlib.compress(data, 9))
    stream.Filter = Name.FlateDecode
    return stream


def _decimal(value: float) -> Object | int:
    text = number(value)
    return int(text) if "." not in text else pikepdf.Object.parse(text.encode("ascii"))
