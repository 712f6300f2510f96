"""What all tests share: where the test data lie, one Tesseract thread per process, language and waiting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dipro_scan.model import passing
from dipro_scan.translation import set_language

# Tesseract's threads fight each other when several workers read at once; xdist is our parallelism.
os.environ["OMP_THREAD_LIMIT"] = "1"

_DEFAULT_TEST_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def _skip_or_fail(lacking: str) -> None:
    """What a test needs is not there: skipped on a desk, a failure in CI, where it must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{lacking}; in CI this is a failure")
    pytest.skip(lacking)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of test data: `$DIPRO_SCAN_TEST_DATA`, or a sibling of the project."""
    folder = Path(os.environ.get("DIPRO_SCAN_TEST_DATA") or _DEFAULT_TEST_DATA)
    if not folder.is_dir():
        _skip_or_fail(f"no test data in {folder} (set DIPRO_SCAN_TEST_DATA)")
    return folder


@pytest.fixture(scope="session")
def scans(test_data: Path) -> Path:
    """Real scans, good and bad, listed in `manifest.json`."""
    folder = test_data / "scans"
    if not (folder / "manifest.json").is_file():
        _skip_or_fail(f"no manifest.json in {folder}")
    return folder


@pytest.fixture
def english() -> None:
    """Sentences are told in English, whatever the machine speaks."""
    set_language("en")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that would have been waited for what may pass, one after the other; nobody really waits."""
    found: list[float] = []
    monkeypatch.setattr(passing, "sleep", found.append)
    return found
