"""Every format and kind of pixel that is read, from the inbox to the record; and what is no scan at all.

One stack, one run: each file is an invoice of its own, typed by us, which the shipped pipeline files unasked.
"""

from __future__ import annotations

import collections
import hashlib
import io
import json
import os
import shutil
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from filelock import FileLock
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from system_heif import Item, heif
from system_office import Outcome

from dipro_scan.pdf import check_pdfa

A5_MM = (148.0, 210.0)
DPI = 200
Save = Callable[[Path, Sequence[Image.Image]], None]


def invoice_words(number: int, page: int, pages: int) -> list[str]:
    """The lines of a page; no two pages of the stack say the same."""
    if page > 1:
        return [f"Anlage {page} zur Rechnungsnummer RE-2026-{number:04d}", "Leistungszeitraum Oktober 2026",
                "Stundenzettel und Material wie vereinbart", f"Blatt {page} von {pages}"]  # fmt: skip
    return [
        "Muster Handel GmbH, Hauptplatz 1, 12345 Musterstadt", "", "Rechnung", "",
        f"Rechnungsnummer: RE-2026-{number:04d}", "Rechnungsdatum: 03.11.2026",
        "Leistungszeitraum: Oktober 2026", "", "Netto 100,00 EUR", "Umsatzsteuer 19 % 19,00 EUR",
        "Gesamtbetrag: 119,00 EUR", "zahlbar bis 30.11.2026", "IBAN: DE89 3704 0044 0532 0130 00",
    ]  # fmt: skip


def typed_page(number: int, page: int, pages: int) -> Image.Image:
    """A5 at 200 dpi, gray; a black square near the upper left corner shows turns and stretches."""
    image = Image.new("L", (round(A5_MM[0] / 25.4 * DPI), round(A5_MM[1] / 25.4 * DPI)), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 60, 110, 110), fill=0)
    for line, text in enumerate(invoice_words(number, page, pages)):
        size = 44 if text == "Rechnung" else 30
        pen.text((110, 200 + 62 * line), text, fill=0, font=ImageFont.load_default(size=size))
    return image


def _saved(format_name: str, mode: str = "RGB", **options: Any) -> Save:
    """Writes all pages with Pillow, in this mode, and with the resolution unless `dpi` says otherwise."""
    options = {"dpi": (DPI, DPI), **options}

    def save(path: Path, pages: Sequence[Image.Image]) -> None:
        images = [_in_mode(page, mode) for page in pages]
        more = {"save_all": True, "append_images": images[1:]} if len(images) > 1 else {}
        images[0].save(path, format_name, **more, **{k: v for k, v in options.items() if v is not None})

    return save


def _in_mode(page: Image.Image, mode: str) -> Image.Image:
    if mode == "1":
        return page.point(lambda value: 255 if value > 127 else 0).convert("1")
    if mode == "P":
        return page.convert("RGB").quantize(16)
    if mode == "I;16":
        return Image.fromarray(np.asarray(page).astype(np.uint16) * 257)
    if mode in ("LA", "RGBA"):
        # Ink is opaque and black, paper is nothing at all, and black where it cannot be seen.
        clear = Image.new(mode, page.size, (0,) * len(mode))
        clear.putalpha(page.point(lambda value: 255 - value))
        return clear
    return page.convert(mode)


def _as_anisotropic_fax(y_dpi: int) -> Save:
    """204 dots an inch across, fewer down, Group 4: what fax machines send (ITU-T T.4, 2.1)."""

    def save(path: Path, pages: Sequence[Image.Image]) -> None:
        width, height = pages[0].size
        size = (round(width * 204 / DPI), round(height * y_dpi / DPI))
        faxes = [_in_mode(page.resize(size, Image.Resampling.LANCZOS), "1") for page in pages]
        faxes[0].save(path, "TIFF", compression="group4", dpi=(204, y_dpi))

    return save


def _with_sixteen_bits(path: Path, pages: Sequence[Image.Image]) -> None:
    """RGB with 16 bits, which Pillow does not write; the resolution is put in by hand for a PNG."""
    samples = np.dstack([np.asarray(pages[0]).astype(np.uint16) * 257] * 3)
    coded, data = cv2.imencode(path.suffix, samples)
    assert coded
    raw = data.tobytes()
    if path.suffix == ".png":
        density = struct.pack(">IIB", round(DPI / 0.0254), round(DPI / 0.0254), 1)
        chunk = b"pHYs" + density
        checked = struct.pack(">I", len(density)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        raw = raw[:33] + checked + raw[33:]
    path.write_bytes(raw)


def _as_heif(path: Path, pages: Sequence[Image.Image]) -> None:
    path.write_bytes(heif(*(Item(np.asarray(page)) for page in pages)))


def _as_pdf(path: Path, pages: Sequence[Image.Image]) -> None:
    """A scanner's PDF: a JPEG fills each page."""
    with pikepdf.new() as pdf:
        for page in pages:
            buffer = io.BytesIO()
            page.save(buffer, "JPEG", quality=85)
            width, height = (side / DPI * 72 for side in page.size)
            sheet = pdf.add_blank_page(page_size=(width, height))
            image = pikepdf.Stream(
                pdf,
                buffer.getvalue(),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=page.width,
                Height=page.height,
                BitsPerComponent=8,
                ColorSpace=pikepdf.Name.DeviceGray,
                Filter=pikepdf.Name.DCTDecode,
            )
            sheet.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
            sheet.obj.Contents = pikepdf.Stream(pdf, b"q %f 0 0 %f 0 0 cm /I Do Q" % (width, height))
        pdf.save(path)


@dataclass(frozen=True, slots=True)
class Kind:
    """A file of the stack: its name, how it is written, how many pages it has."""

    name: str
    save: Save
    pages: int = 1


KINDS = (
    Kind("jpeg.jpg", _saved("JPEG")),
    Kind("jpeg gray.jpg", _saved("JPEG", "L", quality=80)),
    Kind("jpeg cmyk.jpg", _saved("JPEG", "CMYK", quality=90)),
    Kind("jpeg no resolution.jpg", _saved("JPEG", "L", dpi=None)),
    Kind("jpeg2000.jp2", _saved("JPEG2000", dpi=None)),
    Kind("jpeg2000 codestream.j2k", _saved("JPEG2000", "L", dpi=None, no_jp2=True)),
    Kind("webp.webp", _saved("WEBP", dpi=None, quality=90)),
    Kind("webp frames.webp", _saved("WEBP", dpi=None, lossless=True), pages=2),
    Kind("bmp.bmp", _saved("BMP")),
    Kind("bmp bitonal.bmp", _saved("BMP", "1")),
    Kind("gif frames.gif", _saved("GIF", "L", dpi=None), pages=3),
    Kind("heif.heic", _as_heif, pages=2),
    Kind("png.png", _saved("PNG")),
    Kind("png palette.png", _saved("PNG", "P")),
    Kind("png alpha.png", _saved("PNG", "RGBA")),
    Kind("png gray alpha.png", _saved("PNG", "LA")),
    Kind("png 16 gray.png", _saved("PNG", "I;16")),
    Kind("png 16 colour.png", _with_sixteen_bits),
    Kind("png no resolution.png", _saved("PNG", "L", dpi=None)),
    Kind("tiff g4.tif", _saved("TIFF", "1", compression="group4"), pages=2),
    Kind("tiff lzw.tif", _saved("TIFF", compression="tiff_lzw")),
    Kind("tiff deflate.tif", _saved("TIFF", "L", compression="tiff_adobe_deflate")),
    Kind("tiff jpeg.tif", _saved("TIFF", compression="jpeg")),
    Kind("tiff cmyk.tif", _saved("TIFF", "CMYK", compression="tiff_lzw")),
    Kind("tiff alpha.tif", _saved("TIFF", "RGBA", compression="tiff_lzw")),
    Kind("tiff palette.tif", _saved("TIFF", "P")),
    Kind("tiff 16 gray.tif", _saved("TIFF", "I;16")),
    Kind("fax fine.tif", _as_anisotropic_fax(196)),
    Kind("fax coarse.tif", _as_anisotropic_fax(98)),
    Kind("pdf.pdf", _as_pdf, pages=2),
    # A name says nothing: these bytes are a PNG.
    Kind("named wrongly.pdf", _saved("PNG", "L")),
)
KIND_BY_NAME = {kind.name: kind for kind in KINDS}
in_one_run = pytest.mark.xdist_group("formats")
every_kind = pytest.mark.parametrize("name", list(KIND_BY_NAME))


@dataclass(frozen=True, slots=True)
class Stack:
    inbox: Path
    records: Path
    outcome: Outcome

    def document(self, name: str) -> dict[str, Any]:
        """The one document of this source."""
        (found,) = (
            document for document in self.outcome.json["documents"] if document["pages"][0]["source"] == name
        )
        return found

    def pdf(self, name: str) -> Path:
        return self.records / self.document(name)["pdf"]


def run_once(
    factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], None], run: Callable[[Path], Outcome]
) -> tuple[Path, Outcome]:
    """One run for all test processes: the first that needs it makes it, the others wait and look at it."""
    ours = factory.getbasetemp()
    folder = (ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours) / name
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "outcome.json").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            (folder / "inbox").mkdir(parents=True)
            fill(folder / "inbox")
            (folder / "outcome.json").write_text(json.dumps(asdict(run(folder))))
    return folder, Outcome(**json.loads((folder / "outcome.json").read_text()))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, dipro_scan: Callable[..., Outcome]) -> Stack:
    """All of `KINDS` in one run with the shipped pipeline and the real engine."""

    def fill(inbox: Path) -> None:
        for number, kind in enumerate(KINDS, 1):
            pages = [typed_page(number, page, kind.pages) for page in range(1, kind.pages + 1)]
            kind.save(inbox / kind.name, pages)

    def run(folder: Path) -> Outcome:
        arguments = ("--pipeline", "rechnungen", "--records", folder / "records", "--json")
        return dipro_scan("run", folder / "inbox", *arguments)

    folder, outcome = run_once(tmp_path_factory, "formats", fill, run)
    return Stack(folder / "inbox", folder / "records", outcome)


@in_one_run
def test_all_is_filed(stack: Stack, dipro_scan: Callable[..., Outcome]) -> None:
    reasons = {item["pages"][0]["source"]: item["reasons"] for item in stack.outcome.json["documents"]}
    assert stack.outcome.code == 0, (stack.outcome.json["quarantined"], reasons)
    pages = sum(kind.pages for kind in KINDS)
    balance = stack.outcome.json["pages"]
    assert (balance["scanned"], balance["filed"]) == (pages, pages)
    assert len(stack.outcome.json["documents"]) == len(KINDS)
    assert dipro_scan("verify", "--records", stack.records).code == 0


@in_one_run
@every_kind
def test_a_file_is_one_document_with_all_its_pages(stack: Stack, name: str) -> None:
    document = stack.document(name)
    assert (document["state"], document["class"]) == ("filed", "rechnung")
    assert [page["source_page"] for page in document["pages"]] == list(range(1, KIND_BY_NAME[name].pages + 1))
    assert check_pdfa(stack.pdf(name)) == ()


@in_one_run
@every_kind
def test_paper_keeps_its_size_and_nothing_is_turned_or_stretched(stack: Stack, name: str) -> None:
    number = list(KIND_BY_NAME).index(name) + 1
    with pypdfium2.PdfDocument(stack.pdf(name)) as pdf:
        assert len(pdf) == KIND_BY_NAME[name].pages
        for index in range(len(pdf)):
            sides_mm = [side / 72 * 25.4 for side in pdf[index].get_size()]
            assert sides_mm == pytest.approx(A5_MM, abs=0.6)
            drawn = typed_page(number, index + 1, len(pdf))
            shown = pdf[index].render(scale=100 / 72, grayscale=True).to_numpy()
            assert _likeness(shown, drawn) > 0.9
    metadata = json.loads((stack.records / stack.document(name)["metadata"]).read_text())
    assert [page["rotation"] for page in metadata["pages"]] == [0] * KIND_BY_NAME[name].pages


def _likeness(shown: NDArray[np.uint8], drawn: Image.Image) -> float:
    """Correlation of what a PDF shows with what was drawn: 1 for the same, about 0 for a turned page."""
    gray = shown.reshape(shown.shape[0], shown.shape[1])
    expected = np.asarray(drawn.resize((gray.shape[1], gray.shape[0]), Image.Resampling.LANCZOS))
    blurred = [cv2.GaussianBlur(image, (0, 0), 2.0).ravel() for image in (gray, expected)]
    return float(np.corrcoef(*blurred)[0, 1])


@in_one_run
@every_kind
def test_the_words_are_in_the_pdf(stack: Stack, name: str) -> None:
    number = list(KIND_BY_NAME).index(name) + 1
    with pypdfium2.PdfDocument(stack.pdf(name)) as pdf:
        for index in range(len(pdf)):
            found = collections.Counter(pdf[index].get_textpage().get_text_bounded().split())
            wanted = collections.Counter(" ".join(invoice_words(number, index + 1, len(pdf))).split())
            assert (wanted - found).total() <= 0.15 * wanted.total(), wanted - found
            assert found[f"RE-2026-{number:04d}"] == 1 or "coarse" in name


@in_one_run
@every_kind
def test_the_bytes_that_came_are_kept(stack: Stack, name: str) -> None:
    came = (stack.inbox / name).read_bytes()
    (page, *_others) = stack.document(name)["pages"]
    assert page["source_sha256"] == hashlib.sha256(came).hexdigest()
    kept = [path for path in (stack.records / ".dipro" / "originals").rglob("*") if path.is_file()]
    assert came in [path.read_bytes() for path in kept if page["source_sha256"] in path.name]


@in_one_run
def test_scanned_streams_go_into_the_pdf_as_they_came(stack: Stack) -> None:
    """What PDF/A allows is not coded anew: the JPEG of the scanner is the JPEG in the record."""
    for name, expected in (("jpeg.jpg", "/DCTDecode"), ("tiff g4.tif", "/CCITTFaxDecode")):
        with pikepdf.open(stack.pdf(name)) as pdf:
            (image,) = pdf.pages[0].get_images().values()
            assert image.Filter == expected
            if name == "jpeg.jpg":
                assert image.read_raw_bytes() == (stack.inbox / name).read_bytes()


# --- what is no scan ---


def _zip(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("scan.tif"))
    return buffer.getvalue()


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + b"\x09\0" + bytes(480)
_MAIL = (
    b"Received: from mx\r\nFrom: a@example.org\r\nSubject: Rechnung\r\nDate: Sun, 22 Nov 2026\r\n\r\nHallo"
)
_ODT = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>"}

STRANGERS = {
    "brief.docx": (_zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b""}), "Office", "als PDF"),
    "brief.odt": (_zip(_ODT), "Office", "als PDF"),
    "brief.doc": (_OLE, "Office", "als PDF"),
    "post.msg": (_OLE + "__properties_version1.0".encode("utf-16-le"), "E-Mail", "Anhänge"),
    "post.eml": (_MAIL, "E-Mail", "Anhänge"),
    "plan.svg": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "Vektor", "als PDF"),
    "plan.dwg": (b"AC1032" + bytes(200), "CAD", "als PDF"),
    "film.mp4": (b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + bytes(100), "Film", "Posteingang"),
    "alles.zip": (_zip({"scan.pdf": b"%PDF-1.7"}), "Archiv", "entpacken"),
    "alles.tar": (_tar(), "Archiv", "entpacken"),
    "notiz.txt": ("Bitte zur Akte nehmen, Grüße".encode(), "Text", "PDF"),
    "seite.html": (b"<!DOCTYPE html><html><body>Bescheid</body></html>", "Webseite", "PDF"),
    "kein.tif": (b"Das ist kein Bild, sondern ein Text.\n", "Text", "PDF"),
    "kein.pdf": (b"MZ\x90\0\3\0\0\0" + bytes(100), "Programm", "IT"),
    "druck.ps": (b"%!PS-Adobe-3.0\nshowpage\n", "PostScript", "als PDF"),
    "bild.avif": (b"\0\0\0\x1cftypavif\0\0\0\0mif1avifmiaf", "Bild", "JPEG"),
    "unbekannt.dat": (bytes(range(1, 200)), "unbekannt", "PDF, TIFF"),
}


@pytest.fixture(scope="module")
def strangers(
    tmp_path_factory: pytest.TempPathFactory, dipro_scan: Callable[..., Outcome]
) -> tuple[Path, Outcome]:
    def fill(inbox: Path) -> None:
        for name, (content, *_words) in STRANGERS.items():
            (inbox / name).write_bytes(content)

    def run(folder: Path) -> Outcome:
        arguments = ("--records", folder / "records", "--json", "--lang", "de")
        return dipro_scan("run", folder / "inbox", *arguments)

    return run_once(tmp_path_factory, "strangers", fill, run)


@in_one_run
@pytest.mark.parametrize("name", list(STRANGERS))
def test_what_is_no_scan_is_named_and_the_sentence_helps(strangers: tuple[Path, Outcome], name: str) -> None:
    folder, outcome = strangers
    assert outcome.code == 4
    held = {item["source"]: item for item in outcome.json["quarantined"]}
    assert sorted(held) == sorted(STRANGERS)
    _content, what, to_do = STRANGERS[name]
    item = held[name]
    assert item["reason"] == "unsupported"
    assert what in item["message"].partition(":")[0], item["message"]
    assert to_do in item["message"], item["message"]
    assert (folder / "records" / item["path"]).read_bytes() == (folder / "inbox" / name).read_bytes()
