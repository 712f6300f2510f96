"""Engines of others, really installed, through the command; and what doctor says of all engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from system_office import INVOICE, Office, Outcome, draw_page, write_pipeline

READER = f"""
from dipro_scan.model import EngineIdentity, OrientationEstimate
from dipro_scan.ocr.recording import plain_text

class Reader:
    identity = EngineIdentity("house_reader", "3.1", {{"letters": "ab" * 32}})
    def read(self, image):
        return plain_text({INVOICE!r})
    def detect_orientation(self, image):
        return OrientationEstimate(0, 1.0)

def make(settings):
    return Reader()
"""
NO_LICENCE = "def make(settings):\n    raise OSError('no licence for this machine')\n"
NO_LIBRARY = "raise ImportError('libhouse.so: no such file')\n"


def installed(folder: Path, body: str) -> str:
    """A distribution that offers the engine `house`; gives the folder for PYTHONPATH."""
    folder.mkdir()
    (folder / "house_reader.py").write_text(body, encoding="utf-8")
    info = folder / "house_reader-3.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: house-reader\nVersion: 3.1\n")
    (info / "entry_points.txt").write_text("[dipro_scan.ocr_engines]\nhouse = house_reader:make\n")
    return str(folder)


@pytest.fixture
def house(office: Office) -> Office:
    """An office whose pipeline wants the engine of others, and a page in its inbox."""
    write_pipeline(office.pipelines, "house", {}, reading={"engine": "house", "dpi": 100})
    draw_page(office.inbox / "page.png", 1)
    return office


def findings(outcome: Outcome) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in outcome.json["findings"]}


def test_it_reads_and_stands_in_the_metadata(house: Office, tmp_path: Path) -> None:
    path = installed(tmp_path / "site", READER)
    outcome = house.run(pipeline="house", PYTHONPATH=path)
    assert outcome.code == 0, outcome
    (filed,) = house.filed()
    metadata = json.loads((house.records / filed).with_suffix(".json").read_text(encoding="utf-8"))
    assert "house_reader" in json.dumps(metadata) and "ab" * 32 in json.dumps(metadata)
    found = findings(house.command("doctor", "--json", "--pipeline", "house", *house.shared, PYTHONPATH=path))
    assert found["Engine house"]["present"] and found["Engine house"]["detail"] == "house-reader 3.1"


@pytest.mark.parametrize(
    ("body", "why"), [(NO_LICENCE, "no licence for this machine"), (NO_LIBRARY, "libhouse.so")]
)
def test_one_that_cannot_start_ends_the_run_and_takes_nothing(
    house: Office, tmp_path: Path, body: str, why: str
) -> None:
    outcome = house.run(pipeline="house", PYTHONPATH=installed(tmp_path / "site", body))
    assert outcome.code == 8, outcome
    assert why in outcome.stdout + outcome.stderr and "house" in outcome.stderr
    assert house.filed() == []


def test_doctor_says_why_one_cannot_be_loaded(house: Office, tmp_path: Path) -> None:
    path = installed(tmp_path / "site", NO_LIBRARY)
    outcome = house.command("doctor", "--json", "--pipeline", "house", *house.shared, PYTHONPATH=path)
    found = findings(outcome)["Engine house"]
    assert outcome.code == 8 and found["needed"] and not found["present"]
    assert "libhouse.so" in found["detail"] and "house-reader" in found["remedy"]


def test_doctor_says_whether_there_is_a_second_reader(office: Office, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("onnxruntime", "rapidocr"):
        (broken / f"{name}.py").write_text(f"raise ImportError('lib{name}.so: no such file')\n")
    outcome = office.command("doctor", "--json", *office.shared, PYTHONPATH=str(broken))
    found = findings(outcome)["Second reader"]
    assert not found["present"] and not found["needed"] and outcome.code == 0
    assert "pip install" in found["remedy"] and "rapidocr" in found["remedy"]
    write_pipeline(office.pipelines, "rapid", {}, reading={"engine": "rapidocr"})
    outcome = office.command(
        "doctor", "--json", "--pipeline", "rapid", *office.shared, PYTHONPATH=str(broken)
    )
    assert outcome.code == 8 and findings(outcome)["Second reader"]["needed"]
