"""What `inspect` shows a clerk: measurements as a table, JSON for programs, pictures of each step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from system_office import Office, draw_page

STEPS = ("1-scan", "2-paper", "3-lines", "4-ink", "5-reading", "6-archive")


def inspect(office: Office, *arguments: object) -> Any:
    outcome = office.command(
        "inspect", *arguments, "--pipeline", "recorded", "--jobs", "1", "--pipelines", office.pipelines
    )
    assert outcome.code == 0, outcome.stderr
    return outcome


def on_black_lid(path: Path) -> Path:
    """An A6 page on its side on a black lid: 10 mm of lid to the left of the scan, 5 above."""
    page = np.rot90(np.asarray(Image.open(draw_page(path, 7, dpi=150)).convert("L")))
    mm = 150 / 25.4
    scan = np.full((round(115 * mm), round(163 * mm)), 10, np.uint8)
    top, left = round(5 * mm), round(10 * mm)
    scan[top : top + page.shape[0], left : left + page.shape[1]] = page
    Image.fromarray(scan).save(path, dpi=(150, 150))
    return path


def outlined_mm(picture: np.ndarray[Any, Any]) -> tuple[float, float]:
    """Width and height of the page in a picture: the caption ends where its outline begins."""
    outline = (picture == 120).all(axis=2)
    rows = np.flatnonzero(outline.mean(axis=1) > 0.6)
    columns = np.flatnonzero(outline[rows[0] :].mean(axis=0) > 0.9)
    return tuple((ends[-1] - ends[0] - 1) * 25.4 / 100 for ends in (columns, rows))  # type: ignore[return-value]


def test_each_page_has_a_table_within_a_hundred_columns(office: Office) -> None:
    draw_page(office.inbox / "a.tif", 1, pages=2)
    shown = inspect(office, office.inbox, "--lang", "en").stdout.splitlines()
    assert sum(line.split()[:1] == ["measurement"] for line in shown) == 2
    documents = next(index for index, line in enumerate(shown) if not line)
    assert max(map(len, shown[:documents])) <= 100
    assert any(line.startswith("  ink on the page") and line.endswith("ok") for line in shown)


def test_json_keeps_the_plain_values_and_adds_the_rest(office: Office) -> None:
    scan = on_black_lid(office.inbox / "a.png")
    (page,) = inspect(office, scan, "--json").json["files"][0]["pages"]
    details = page["measurement_details"]
    assert {name: detail["value"] for name, detail in details.items()} == page["measurements"]
    assert all(set(detail) == {"value", "unit", "threshold", "verdict"} for detail in details.values())
    assert page["paper"]["size"] == "A6"
    left, top, right, bottom = page["crop_mm"]
    assert sorted((right - left, bottom - top)) == pytest.approx([105, 148], abs=2)
    assert (page["stamps"], page["marks"], page["parts_mm"], page["blank_doubt"]) == ([], [], [], None)


def test_debug_writes_a_picture_of_each_step_beside_the_one_that_was_read(
    office: Office, tmp_path: Path
) -> None:
    scan = on_black_lid(office.inbox / "a.png")
    debug = tmp_path / "debug"
    (page,) = inspect(office, scan, "--debug", debug, "--json").json["files"][0]["pages"]
    names = sorted(path.name for path in debug.iterdir())
    assert names == sorted(["a.png_0001.png", *(f"a.png_0001_{step}.png" for step in STEPS)])
    pictures = {step: cv2.imread(str(debug / f"a.png_0001_{step}.png")) for step in STEPS}
    assert all(picture is not None and picture.shape[2] == 3 for picture in pictures.values())
    assert len({picture.tobytes() for picture in pictures.values()}) == len(STEPS)
    # As it came the scan has its whole size, in the archive that of its paper. This pipeline reads, and so
    # draws, at 100 dots per inch.
    left, top, right, bottom = page["crop_mm"]
    sizes = {"1-scan": (163.0, 115.0), "6-archive": (right - left, bottom - top)}
    for step, size in sizes.items():
        assert outlined_mm(pictures[step]) == pytest.approx(size, abs=0.7), step


def test_pictures_speak_the_language_of_the_run(office: Office, tmp_path: Path) -> None:
    draw_page(office.inbox / "a.png", 1)
    for language in ("de", "en"):
        inspect(office, office.inbox, "--debug", tmp_path / language, "--lang", language)
    german, english = (tmp_path / language / "a.png_0001_5-reading.png" for language in ("de", "en"))
    assert german.read_bytes() != english.read_bytes()
    assert (tmp_path / "de" / "a.png_0001.png").read_bytes() == (
        tmp_path / "en" / "a.png_0001.png"
    ).read_bytes()
