"""A typeset page, and a scan looked at as the program looks at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from municipal_paper.truth import ScannedSide, Side
from municipal_paper.typeset import typeset_paper

from dipro_scan.imaging import turn_quarter, upright_view
from dipro_scan.intake import open_page, outline_source
from dipro_scan.model import Page, PageInput, ReadingImage, Resolution
from dipro_scan.settings.schema import IntakeSettings


@pytest.fixture(scope="session")
def letter() -> Side:
    return typeset_paper("samples", "rechnung", 1).sides[0]


@pytest.fixture(scope="session")
def other_letter() -> Side:
    return typeset_paper("samples", "rechnung", 2).sides[0]


@pytest.fixture(scope="session")
def shown() -> Callable[[ScannedSide], ReadingImage]:
    """The scan made upright by its own truth, in gray; not yet straightened."""

    def view(scanned: ScannedSide) -> ReadingImage:
        return turn_quarter(upright_view(scanned.image, 1, Resolution(*scanned.dpi), 300), scanned.rotation)

    return view


@pytest.fixture(scope="session")
def reopened() -> Callable[[Path], list[Page]]:
    """The pages of a file as intake finds them."""

    def pages(path: Path) -> list[Page]:
        settings = IntakeSettings()
        outline = outline_source(path, settings)
        return [
            open_page(PageInput(path, "0" * 64, outline.media_type, number), settings)
            for number in range(1, outline.pages + 1)
        ]

    return pages
