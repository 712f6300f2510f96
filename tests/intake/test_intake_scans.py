"""Every real scan opens, every bad file is opened or refused, each with its true reason."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dipro_scan.intake.outline import outline_source
from dipro_scan.intake.pages import open_page
from dipro_scan.model import ImageFilter, ImageStream, Page, PageFailed, PageInput, SourceRefused
from dipro_scan.settings.schema import IntakeSettings

OpenPage = Callable[..., Page]
PixelsOf = Callable[[ImageStream], NDArray[np.uint8]]

# What becomes of each bad file: a reason of refusal, or for each page (first and last) what it is.
BAD = {
    "bomb_60000x60000_white.png": "too_large",
    "dims_0x0.png": "damaged",
    "flate_bomb_200MB.pdf": ["failed"],
    "js_openaction.pdf": ["white"],
    "many_pages_3000.pdf": "too_large",
    "mediabox_zero.pdf": ["white"],
    "one_byte.png": "unsupported",
    "pdf_named.jpg": ["image", "image"],
    "ps_named.pdf": "unsupported",
    "strip_20000x3.png": ["image"],
    "svg_named.png": "unsupported",
    "tiny_1x1.png": ["image"],
    "trunc_scan.jpg": ["truncated"],
    "trunc_scan.tif": "damaged",
    "uri_launch_submit.pdf": ["white"],
    "zero.pdf": "empty",
    "zip_slip.zip": "unsupported",
}
MUST_REJECT = ("reject", "ignore or reject")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of good pages: file, page, filter, orientation, real text, first step."""

    file: str
    page: int
    filter: ImageFilter
    orientation: int = 1
    text: bool = False
    step: str | None = None


KNOWN = (
    _Known("pdf/lidl_three_pages.pdf", 2, ImageFilter.DCT),
    _Known("pdf/omp_3small.pdf", 3, ImageFilter.FLATE),
    _Known("pdf/omp_acroform.pdf", 1, ImageFilter.FLATE, step="rendered"),
    _Known("pdf/omp_cmyk.pdf", 1, ImageFilter.FLATE, step="rendered"),
    _Known("pdf/omp_epson.pdf", 1, ImageFilter.CCITT),
    _Known("pdf/omp_graph_ocred.pdf", 1, ImageFilter.DCT),
    _Known("pdf/omp_lichtenstein.pdf", 1, ImageFilter.JPX),
    _Known("pdf/omp_multipage.pdf", 6, ImageFilter.FLATE, step="rendered"),
    _Known("pdf/omp_palette.pdf", 1, ImageFilter.FLATE),
    _Known("pdf/pm_rechnung.pdf", 1, ImageFilter.FLATE, text=True, step="rendered"),
    _Known("pdf/pm_rechnung.pdf", 2, ImageFilter.CCITT, step="rendered"),
    _Known("pdf/t4j_multipage-img.pdf", 1, ImageFilter.FLATE, text=True, step="rendered"),
    _Known("barcode/s2p_qrcode.pdf", 1, ImageFilter.FLATE, text=True, step="rendered"),
    _Known("barcode/s2p_qrbill.pdf", 1, ImageFilter.FLATE),
    _Known("blank/omp_blank.pdf", 1, ImageFilter.CCITT, step="rendered"),
    _Known("skew/docling_ocr_test_rotated_90.pdf", 1, ImageFilter.FLATE, orientation=8),
    _Known("skew/omp_cardinal.pdf", 1, ImageFilter.JBIG2),
    _Known("skew/omp_cardinal.pdf", 2, ImageFilter.JBIG2, orientation=6),
    _Known("skew/omp_cardinal.pdf", 3, ImageFilter.JBIG2, orientation=3),
    _Known("skew/omp_cardinal.pdf", 4, ImageFilter.JBIG2, orientation=8),
    _Known("skew/omp_ccitt.pdf", 1, ImageFilter.CCITT),
    _Known("skew/omp_jbig2.pdf", 1, ImageFilter.CCITT, step="jbig2_symbol_coding"),
    _Known("skew/omp_skew.pdf", 1, ImageFilter.FLATE, step="rendered"),
)


def _entries(scans: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((scans / "manifest.json").read_text())
    return entries


def _inspect(path: Path, settings: IntakeSettings) -> Iterator[Page | PageFailed]:
    outline = outline_source(path, settings)
    for number in sorted({1, outline.pages}):
        try:
            yield open_page(PageInput(path, "0" * 64, outline.media_type, number), settings)
        except PageFailed as failure:
            yield failure


def _kind(page: Page | PageFailed) -> str:
    if isinstance(page, PageFailed):
        return "failed"
    if any(step.name == "truncated" for step in page.steps):
        return "truncated"
    return "white" if page.steps and (page.pixels == 255).all() else "image"


def test_every_good_file_opens_with_all_its_pages(scans: Path) -> None:
    """Big pages are opened by other tests; here the last page of each file stands for all."""
    for entry in _entries(scans):
        if "bad input" in entry["uses"]:
            continue
        path = scans / entry["file"]
        outline = outline_source(path, IntakeSettings())
        assert outline.pages == entry["pages"], entry["file"]
        page = open_page(PageInput(path, "0" * 64, outline.media_type, outline.pages), IntakeSettings())
        height_px, width_px = page.pixels.shape[:2]
        assert (page.stream.width_px, page.stream.height_px) == (width_px, height_px)
        assert page.pixels.dtype == np.uint8 and page.pixels.ndim in (2, 3)
        assert page.stream.data and all(value > 0 for value in page.resolution)
        paper_mm = sorted(
            size * 25.4 / dpi for size, dpi in zip((width_px, height_px), page.resolution, strict=True)
        )
        assert paper_mm[1] <= 1300, entry["file"]


def test_every_bad_file_is_opened_or_refused_as_expected(scans: Path) -> None:
    seen = set()
    for entry in _entries(scans):
        if "bad input" not in entry["uses"]:
            continue
        path = scans / entry["file"]
        expected = BAD[path.name]
        seen.add(path.name)
        try:
            found: str | list[str] = [_kind(page) for page in _inspect(path, IntakeSettings())]
        except SourceRefused as refusal:
            found = str(refusal.reason)
            assert refusal.message.endswith(".")
        assert found == expected, path.name
        if entry["expect"].startswith(MUST_REJECT):
            assert isinstance(found, str), path.name
    assert seen == set(BAD)


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: f"{Path(known.file).name}-{known.page}")
def test_known_pages_are_what_they_are(
    scans: Path, page_of: OpenPage, shown_by_pikepdf: PixelsOf, known: _Known
) -> None:
    page = page_of(scans / known.file, known.page)
    found = _Known(
        known.file,
        known.page,
        page.stream.filter,
        page.orientation,
        page.visible_text,
        page.steps[0].name if page.steps else None,
    )
    assert found == known
    if page.stream.filter not in (ImageFilter.JBIG2, ImageFilter.JPX):
        seen = shown_by_pikepdf(page.stream)
        if seen.ndim == 3 and page.pixels.ndim == 2:
            seen = seen[:, :, 0]
        assert (seen == page.pixels).all()


def test_the_same_page_opens_the_same_twice(scans: Path, page_of: OpenPage) -> None:
    for file in ("pdf/pm_rechnung.pdf", "skew/omp_jbig2.pdf", "bad/trunc_scan.jpg", "ocr/eurotext.tif"):
        first, second = page_of(scans / file), page_of(scans / file)
        assert first.stream == second.stream
        assert (first.pixels == second.pixels).all()


_LIMITED = """
import resource, sys
from pathlib import Path
from dipro_scan.intake import open_page, outline_source
from dipro_scan.model import PageFailed, PageInput, SourceRefused
from dipro_scan.settings.schema import IntakeSettings
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
for name in sys.argv[1:]:
    path = Path(name)
    try:
        outline = outline_source(path, IntakeSettings())
        open_page(PageInput(path, "", outline.media_type, 1), IntakeSettings())
        print(path.name, "opened")
    except (SourceRefused, PageFailed) as error:
        print(path.name, type(error).__name__)
"""


def test_bombs_stay_within_a_gigabyte_and_a_half(scans: Path, tmp_path: Path) -> None:
    bad = scans / "bad"
    names = ["bomb_60000x60000_white.png", "flate_bomb_200MB.pdf", "many_pages_3000.pdf", "pdf_named.jpg"]
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, *(str(bad / name) for name in names)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
    )
    assert done.stdout.splitlines() == [
        "bomb_60000x60000_white.png SourceRefused",
        "flate_bomb_200MB.pdf PageFailed",
        "many_pages_3000.pdf SourceRefused",
        "pdf_named.jpg opened",
    ], done.stderr
    assert list(tmp_path.iterdir()) == []
