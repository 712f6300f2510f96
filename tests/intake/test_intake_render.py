"""The two renderers: by choice, and the second where the first fails."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pytest
from numpy.typing import NDArray
from PIL import Image

from dipro_scan.intake import pdf_pages, pdf_render
from dipro_scan.model import Colour, Page, PageFailed
from dipro_scan.settings.schema import IntakeSettings

OpenPage = Callable[..., Page]
MakePdf = Callable[..., Path]
DRAWING = b"1 0 0 rg 20 20 60 30 re f 0 0 1 RG 4 w 110 10 m 190 90 l S"


@pytest.fixture
def poppler() -> None:
    """Poppler's programs: skipped where they are missing, a failure in CI."""
    if shutil.which("pdftoppm") is None or shutil.which("pdfinfo") is None:
        if os.environ.get("CI"):
            pytest.fail("poppler is missing; in CI this is a failure")
        pytest.skip("poppler is missing")


@pytest.fixture
def no_pdfium(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any) -> NDArray[np.uint8]:
        raise pdf_render.RendererFailed("for a test")

    monkeypatch.setitem(pdf_render._RENDERERS, "pdfium", fail)


def _renderer(page: Page) -> object:
    return page.steps[-1].parameters["renderer"]


@pytest.mark.usefixtures("poppler")
@pytest.mark.parametrize("rotate", [0, 90])
def test_both_renderers_draw_the_same_page(make_pdf: MakePdf, page_of: OpenPage, rotate: int) -> None:
    path = make_pdf(DRAWING, page={"/Rotate": rotate})
    pages = [page_of(path, 1, IntakeSettings(renderer=name)) for name in ("pdfium", "poppler")]
    assert [_renderer(page) for page in pages] == ["pdfium", "poppler"]
    assert {page.colour for page in pages} == {Colour.COLOUR}
    small = [
        np.asarray(Image.fromarray(page.pixels).resize((100, 100), Image.Resampling.BOX), dtype=float)
        for page in pages
    ]
    assert np.abs(small[0] - small[1]).mean() < 3
    for page in pages:
        assert tuple(page.resolution) == pytest.approx((300, 300), rel=0.01)


@pytest.mark.usefixtures("poppler", "no_pdfium")
def test_poppler_draws_what_pdfium_cannot(make_pdf: MakePdf, page_of: OpenPage) -> None:
    page = page_of(make_pdf(DRAWING))
    assert _renderer(page) == "poppler"
    assert (page.pixels[-150, 150] == (255, 0, 0)).all()


@pytest.mark.usefixtures("poppler")
def test_poppler_takes_its_page_by_number_crop_and_unit(
    scans: Path, make_pdf: MakePdf, page_of: OpenPage
) -> None:
    settings = IntakeSettings(renderer="poppler", render_dpi=100)
    page = page_of(scans / "pdf" / "pm_rechnung.pdf", 3, settings)
    other = page_of(scans / "pdf" / "pm_rechnung.pdf", 3, IntakeSettings(render_dpi=100))
    assert _renderer(page) == "poppler"
    assert page.visible_text and other.visible_text
    assert abs(page.pixels.mean() - other.pixels.mean()) < 1
    unit = page_of(make_pdf(DRAWING, page={"/UserUnit": 2.0}), 1, settings)
    assert unit.pixels.shape[:2] == pytest.approx((100 * 2 * 100 / 72, 200 * 2 * 100 / 72), abs=2)
    assert tuple(unit.resolution) == pytest.approx((100, 100), rel=0.01)


@pytest.mark.usefixtures("poppler")
def test_a_page_that_pdfium_cannot_interpret_is_drawn_and_taken_for_text(
    make_pdf: MakePdf, page_of: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_page: object) -> None:
        raise pdfium.PdfiumError("for a test")

    monkeypatch.setattr(pdf_pages, "survey_page", fail)
    page = page_of(make_pdf(DRAWING, page={"/Rotate": 90}))
    assert (_renderer(page), page.visible_text) == ("poppler", True)
    assert page.pixels.shape[:2] == pytest.approx((200 * 300 / 72, 100 * 300 / 72), abs=2)
    assert tuple(page.resolution) == pytest.approx((300, 300), rel=0.01)


@pytest.mark.usefixtures("no_pdfium")
def test_without_any_renderer_the_page_fails_in_one_sentence(
    make_pdf: MakePdf, page_of: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = make_pdf(DRAWING)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PageFailed, match="cannot be drawn"):
        page_of(path)


def test_missing_poppler_is_made_up_for_by_pdfium(
    make_pdf: MakePdf, page_of: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = make_pdf(DRAWING)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _renderer(page_of(path, 1, IntakeSettings(renderer="poppler"))) == "pdfium"


def test_gray_drawings_become_gray_streams(make_pdf: MakePdf, page_of: OpenPage) -> None:
    page = page_of(make_pdf(b"0.5 g 20 20 60 30 re f"))
    assert (page.colour, page.pixels.ndim) == (Colour.GRAY, 2)
    assert page.stream.data != b"" and zlib.decompress(page.stream.data)


def test_a_script_in_the_file_never_runs_and_the_page_is_drawn(scans: Path, page_of: OpenPage) -> None:
    for name in ("js_openaction.pdf", "uri_launch_submit.pdf"):
        page = page_of(scans / "bad" / name)
        assert (page.pixels == 255).all()
