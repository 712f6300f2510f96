"""A document's PDF says in which language it is, and shows the image that was chosen for each page."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest

from dipro_scan.batch.assembly import AssemblyJob, assemble, assembly_pages
from dipro_scan.batch.image_files import write_image
from dipro_scan.model import ReadPage
from dipro_scan.model.layers import PageLayers
from dipro_scan.pdf.layered import encoded_layers, jpeg_stream

from ..pages_by_hand import read_page

DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def page(tmp_path: Path) -> ReadPage:
    """A page whose scan is gray and whose smaller image has a mask."""
    page = replace(read_page("scan.jpg", 1), stream=tmp_path / "key.stream")
    scan = np.full((594, 420), 230, np.uint8)
    mask = np.zeros(scan.shape, np.bool_)
    mask[100:120, 50:300] = True
    numbers, ground = np.zeros((198, 140), np.uint8), np.full((198, 140), 230, np.uint8)
    write_image(page.stream, jpeg_stream(scan, 90))
    layers = PageLayers(dpi=50.0, mask=mask, palette=((10, 10, 10),), numbers=numbers, background=ground)
    write_image(page.smaller, encoded_layers(layers, 50))
    return page


def images_of(page: ReadPage, target: Path, language: str = "de") -> tuple[list[str], str]:
    """The filters of the PDF's images, and its language."""
    job = AssemblyJob(target, "id", "scan.jpg 1", DAY, {}, assembly_pages(page), language=language)
    made = assemble(job)
    assert made.violations == ()
    with pikepdf.open(made.path) as pdf:
        shown = pdf.pages[0].Resources.XObject.values()
        return [str(image.Filter) for image in shown], str(pdf.Root.Lang)


@pytest.mark.parametrize("language", ["de", "en", "und"])
def test_the_file_names_the_language_that_was_read(page: ReadPage, tmp_path: Path, language: str) -> None:
    assert images_of(page, tmp_path / "a.pdf", language)[1] == language


def test_each_page_shows_the_image_that_was_chosen(page: ReadPage, tmp_path: Path) -> None:
    assert images_of(page, tmp_path / "a.pdf")[0] == ["/DCTDecode"]
    chosen = replace(page, stored="compact", why="saves")
    assert images_of(chosen, tmp_path / "b.pdf")[0] == ["/DCTDecode", "/CCITTFaxDecode"]
