"""Files as scanners write them: they open again with the right size, resolution and pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from municipal_paper import scanner
from municipal_paper.scanner import FAX_FINE_DPI, FAX_STANDARD_DPI, scan_side
from municipal_paper.truth import ScannedSide, Side
from municipal_paper.wear import fax, office

from dipro_scan.model import Page

Reopened = Callable[[Path], list[Page]]
Write = Callable[[Sequence[ScannedSide], Path], None]

WRITERS: dict[str, tuple[str, str, Write]] = {
    "jpeg": ("colour", ".jpg", lambda pages, path: scanner.write_jpeg(pages[0], path, 80)),
    "png": ("colour", ".png", lambda pages, path: scanner.write_png(pages[0], path)),
    "png_bitonal": ("bitonal", ".png", lambda pages, path: scanner.write_png(pages[0], path)),
    "tiff_g4": ("bitonal", ".tif", scanner.write_tiff_g4),
    "tiff_gray": ("gray", ".tif", scanner.write_tiff_gray),
    "tiff_jpeg": ("colour", ".tif", scanner.write_tiff_jpeg),
    "pdf": ("colour", ".pdf", scanner.write_pdf),
    "pdf_gray": ("gray", ".pdf", scanner.write_pdf),
    "pdf_bitonal": ("bitonal", ".pdf", scanner.write_pdf),
}
ONE_PAGE = {"jpeg", "png", "png_bitonal"}


def gray(pixels: np.ndarray) -> np.ndarray:
    plain = pixels.astype(float)
    return plain.mean(axis=2) if plain.ndim == 3 else plain


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_files_open_again_as_they_were_scanned(
    name: str, letter: Side, other_letter: Side, tmp_path: Path, reopened: Reopened
) -> None:
    colour, suffix, write = WRITERS[name]
    pages = [
        scan_side(side, office(seed), dpi=dpi, colour=colour, rotation=rotation, seed=seed)
        for side, seed, dpi, rotation in ((letter, 1, 150, 0), (other_letter, 2, 100, 90))
    ][: 1 if name in ONE_PAGE else 2]
    path = tmp_path / f"scan{suffix}"
    write(pages, path)
    opened = reopened(path)
    assert len(opened) == len(pages)
    for page, scanned in zip(opened, pages, strict=True):
        assert page.pixels.shape[:2] == scanned.image.shape[:2]
        assert page.resolution == pytest.approx(scanned.dpi, abs=0.1)
        # JPEG may blur edges and colours, but no more.
        assert np.abs(gray(page.pixels) - gray(scanned.image)).mean() < 4


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_the_same_scan_gives_the_same_bytes(name: str, letter: Side, tmp_path: Path) -> None:
    colour, suffix, write = WRITERS[name]
    hashes = set()
    scanned = scan_side(letter, office(4), dpi=100, colour=colour, seed=4)
    for copy in ("one", "two"):
        path = tmp_path / f"{copy}{suffix}"
        write([scanned], path)
        hashes.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(hashes) == 1


@pytest.mark.parametrize(("dpi", "group"), [(FAX_STANDARD_DPI, 3), (FAX_FINE_DPI, 4), (150, 3)])
def test_a_fax_opens_again_with_its_two_resolutions(
    dpi: Any, group: Any, letter: Side, tmp_path: Path, reopened: Reopened
) -> None:
    scanned = scan_side(letter, fax(2), dpi=dpi, colour="bitonal", seed=2)
    assert set(np.unique(scanned.image)) == {0, 255}
    path = tmp_path / "fax.tif"
    scanner.write_fax_tiff([scanned, scanned], path, group=group)
    first, second = reopened(path)
    assert first.resolution == pytest.approx(scanned.dpi, abs=0.1)
    assert np.array_equal(gray(first.pixels) > 127, scanned.image > 127)
    assert np.array_equal(first.pixels, second.pixels)
    height, width = scanned.image.shape
    assert width / scanned.dpi[0] * 25.4 == pytest.approx(210, abs=0.5)
    assert height / scanned.dpi[1] * 25.4 == pytest.approx(297, abs=0.5)


def test_a_turned_fax_keeps_its_resolutions_along_its_own_rows(letter: Side) -> None:
    lying = scan_side(letter, fax(2), dpi=FAX_STANDARD_DPI, colour="bitonal", rotation=90, seed=2)
    assert lying.dpi == FAX_STANDARD_DPI
    height, width = lying.image.shape
    assert width / 204 * 25.4 == pytest.approx(297, abs=0.5)
    assert height / 98 * 25.4 == pytest.approx(210, abs=0.5)


def test_a_scanned_pdf_has_no_text_and_pages_as_large_as_the_paper(letter: Side, tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    scanner.write_pdf([scan_side(letter, office(1), dpi=150, seed=1)], path)
    with pikepdf.open(path) as pdf:
        (page,) = pdf.pages
        assert [float(edge) / 72 * 25.4 for edge in page.mediabox[2:]] == pytest.approx([210, 297], abs=0.3)
        assert "/Font" not in page.resources
        assert page.get_images()["/Im0"].Filter == "/DCTDecode"


def test_bitonal_scans_keep_the_print_and_leave_the_paper_white(letter: Side) -> None:
    scanned = scan_side(letter, office(3), colour="bitonal", seed=3)
    black = (scanned.image == 0).mean()
    printed = (letter.image.min(axis=2) < 128).mean()
    assert black == pytest.approx(printed, rel=0.35)


def test_ccitt_files_take_bitonal_pages_only(letter: Side, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="bitonal"):
        scanner.write_tiff_g4([scan_side(letter, office(1), dpi=75, colour="gray")], tmp_path / "no.tif")


def test_only_quarter_turns_are_scanned(letter: Side) -> None:
    with pytest.raises(ValueError, match="45"):
        scan_side(letter, office(1), rotation=45)
