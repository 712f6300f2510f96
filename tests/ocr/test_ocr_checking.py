"""What a pipeline says to an engine is judged without making one."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from dipro_scan.ocr import check_reading_settings, engine_names
from dipro_scan.settings import ReadingSettings


@pytest.mark.parametrize("engine", engine_names())
def test_our_engines_need_no_options(engine: str) -> None:
    assert check_reading_settings(ReadingSettings(engine=engine)) == []


@pytest.mark.parametrize(
    ("engine", "options"),
    [
        ("tesseract", {"page_segmentation_mode": 6, "variables": {"x": "1"}, "language_data": "/data"}),
        ("rapidocr", {"models": "/data", "least_confidence": 0.3}),
        ("recorded", {"readings": "a.json", "pause_seconds": 1, "crash_on": ["x"]}),
    ],
)
def test_options_that_an_engine_knows_pass(engine: str, options: dict[str, Any]) -> None:
    assert check_reading_settings(ReadingSettings(engine=engine, options=options)) == []


def test_an_unknown_engine_is_answered_with_the_known_ones() -> None:
    (problem,) = check_reading_settings(ReadingSettings(engine="foo"))
    assert problem.at == ("engine",)
    assert problem.sentence == f"“engine” is “foo”; allowed are: {', '.join(engine_names())}"
    (near,) = check_reading_settings(ReadingSettings(engine="teseract"))
    assert near.sentence == "“engine” is “teseract”; “tesseract” may be meant"


@pytest.mark.parametrize(
    ("options", "at", "sentence"),
    [
        (
            {"psm": "viel"},
            ("options", "psm"),
            "there is no setting “psm” here; allowed are: page_segmentation_mode, variables, language_data",
        ),
        (
            {"page_segmentation_mode": "viel"},
            ("options", "page_segmentation_mode"),
            "“page_segmentation_mode” is “viel”; it must be a whole number",
        ),
        (
            {"page_segmentation_mode": 99},
            ("options", "page_segmentation_mode"),
            "“page_segmentation_mode” is “99”; it must be at most 13",
        ),
        ({"variables": {"x": 1}}, ("options", "variables", "x"), "“x” is “1”; it must be text"),
    ],
)
@pytest.mark.parametrize("engine", ["tesseract", "pytesseract"])
def test_a_wrong_option_is_named_with_place_value_and_what_is_allowed(
    engine: str, options: dict[str, Any], at: tuple[str, ...], sentence: str
) -> None:
    (problem,) = check_reading_settings(ReadingSettings(engine=engine, options=options))
    assert (problem.at, problem.sentence) == (at, sentence)


def test_every_wrong_option_is_found() -> None:
    options = {"psm": 1, "page_segmentation_mode": 0, "variables": []}
    assert len(check_reading_settings(ReadingSettings(options=options))) == 3


def test_checking_loads_no_engine() -> None:
    program = (
        "import sys\n"
        "from dipro_scan.batch import check_pipelines\n"
        "check_pipelines()\n"
        "heavy = {'cv2', 'numpy', 'tesserocr', 'pytesseract', 'PIL', 'sqlalchemy'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
