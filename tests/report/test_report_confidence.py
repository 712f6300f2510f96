"""What `inspect` tells of how sure a page's text is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dipro_scan.batch.inspection import InspectedFile, Inspection
from dipro_scan.model import (
    Box,
    PageRef,
    ReadPage,
    TextConfidence,
)
from dipro_scan.report import inspection_json, inspection_text

from ..pages_by_hand import page_reading

pytestmark = pytest.mark.usefixtures("english")

QUANTILES = ((0.05, 0.21), (0.1, 0.43), (0.25, 0.9), (0.5, 0.98))


def inspected(confidence: TextConfidence | None, doubts: tuple[str, ...] = ()) -> Inspection:
    reading = page_reading(content_sha256="a" * 64, doubts=doubts, confidence=confidence)
    page = ReadPage(PageRef("b" * 64, "a.tif", 1), reading, Path("x"))
    return Inspection((InspectedFile("a.tif", (page,)),), ())


def test_the_least_sure_lines_are_named_by_their_place() -> None:
    shown = inspection_text(inspected(TextConfidence(0.95, QUANTILES, 0.52, Box(20, 101.6, 190, 115.2))))
    told = " ".join(shown.split())
    assert "a tenth of the words below 0.43" in told
    assert "102 to 115 mm from the top: 0.52" in told


def test_a_page_without_a_region_tells_its_words_alone() -> None:
    told = " ".join(inspection_text(inspected(TextConfidence(0.5, QUANTILES, 0.5, None))).split())
    assert "a tenth of the words below 0.43" in told and "least sure" not in told
    assert "Confidence:" not in inspection_text(inspected(None))


def test_the_doubt_about_a_part_of_the_page_is_a_sentence() -> None:
    told = inspection_text(inspected(None, ("low_confidence_region",)))
    assert "low_confidence_region" not in told and "part of the page" in told


def test_json_holds_mean_quantiles_and_the_worst_region() -> None:
    region = Box(20.001, 101.6, 190, 115.2)
    found = json.loads(json.dumps(inspection_json(inspected(TextConfidence(0.95, QUANTILES, 0.52, region)))))
    assert found["files"][0]["pages"][0]["confidence"] == {
        "mean": 0.95,
        "quantiles": {"0.05": 0.21, "0.1": 0.43, "0.25": 0.9, "0.5": 0.98},
        "worst": 0.52,
        "worst_region_mm": [20.0, 101.6, 190, 115.2],
    }
    empty = inspection_json(inspected(None))
    assert empty["files"][0]["pages"][0]["confidence"] is None
