"""The record shows the smaller image only where class and guard allow it, and says why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dipro_scan.batch.stored_images import drop_images, with_images_chosen
from dipro_scan.model import Document, ProtectionNeed, ReadPage, SmallerImage

from ..pages_by_hand import read_page

COMPACT = SmallerImage("compact", 500_000, 60_000)


def chosen(smaller: SmallerImage | None, integrity: ProtectionNeed | None) -> ReadPage:
    document = Document("id", (read_page("scan.jpg", 1, smaller=smaller),))
    (page,) = with_images_chosen(document, integrity).pages
    return page


@pytest.mark.parametrize(
    ("smaller", "integrity", "stored", "why"),
    [
        (COMPACT, "normal", "compact", "saves"),
        (replace(COMPACT, kind="bitonal"), "normal", "bitonal", "saves"),
        (COMPACT, "hoch", "original", "schutzbedarf_integritaet"),
        (COMPACT, "sehr hoch", "original", "schutzbedarf_integritaet"),
        (COMPACT, None, "original", "class_unknown"),
        (replace(COMPACT, faults=("fidelity_ink_lost",)), "normal", "original", "guard"),
        (replace(COMPACT, saves=False), "normal", "original", "saves_nothing"),
        (None, "normal", "original", "as_scanned"),
    ],
)
def test_each_choice_has_its_reason(
    smaller: SmallerImage | None, integrity: ProtectionNeed | None, stored: str, why: str
) -> None:
    page = chosen(smaller, integrity)
    assert (page.stored, page.why) == (stored, why)
    assert page.image == (page.stream if stored == "original" else page.smaller)


def test_compression_is_a_step_of_the_record_and_keeping_the_scan_is_none() -> None:
    (step,) = chosen(COMPACT, "normal").reading.steps
    assert (step.name, step.archive) == ("compress_image", True)
    assert step.parameters == {"kind": "compact", "bytes_before": 500_000, "bytes_after": 60_000}
    assert chosen(COMPACT, "hoch").reading.steps == ()


def test_images_of_a_filed_document_are_removed(tmp_path: Path) -> None:
    page = replace(read_page("scan.jpg", 1), stream=tmp_path / "key.stream")
    drop_images(page)
    page.stream.write_bytes(b"scan")
    page.smaller.write_bytes(b"smaller")
    drop_images(page)
    assert list(tmp_path.iterdir()) == []
