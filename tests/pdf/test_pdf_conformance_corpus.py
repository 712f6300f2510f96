from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Literal

import pytest

from dipro_scan.pdf import check_pdfa

# What was measured when this was written; it may only rise.
REJECTED_OF_FAIL_FILES = 556
FOLDERS: dict[str, Literal["2b", "2u"]] = {"PDF_A-2b": "2b", "PDF_A-2u": "2u"}
# Clauses that our own writer touches: here every fail file must be rejected.
OURS = (
    "6-1-2",
    "6-1-3",
    "6-1-4",
    "6-1-7-1",
    "6-1-9",
    "6-1-13",
    "6-2-3",
    "6-2-4-3",
    "6-2-8-1",
    "6-2-8-3",
    "6-2-10",
    "6-2-11-3-2",
    "6-2-11-7-2",
    "6-6-2-1",
    "6-6-2-3-1",
    "6-6-2-3-2",
    "6-6-2-3-3",
    "6-6-4",
)


@pytest.fixture(scope="module")
def corpus(test_data: Path) -> Path:
    folder = test_data / "verapdf-corpus"
    if not folder.is_dir():
        pytest.skip(f"no veraPDF corpus in {folder}")
    return folder


def clause_of(path: Path) -> str:
    match = re.search(r"suite ([\d-]+)-t\d+-", path.name)
    assert match is not None
    return match.group(1)


@pytest.mark.parametrize(("folder", "level"), FOLDERS.items())
def test_every_pass_file_is_accepted(corpus: Path, folder: str, level: Literal["2b", "2u"]) -> None:
    files = sorted((corpus / folder).rglob("*-pass-*.pdf"))
    assert len(files) >= 10
    rejected = {path.name: violations for path in files if (violations := check_pdfa(path, level))}
    assert rejected == {}


def test_fail_files_are_rejected_and_all_in_what_we_write(corpus: Path) -> None:
    total: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for folder, level in FOLDERS.items():
        for path in (corpus / folder).rglob("*-fail-*.pdf"):
            clause = clause_of(path)
            total[clause] += 1
            missed[clause] += not check_pdfa(path, level)
    assert total.total() >= 569
    assert total.total() - missed.total() >= REJECTED_OF_FAIL_FILES
    assert {clause: missed[clause] for clause in OURS if missed[clause]} == {}


def test_level_b_files_lack_only_the_level(corpus: Path) -> None:
    path = next((corpus / "PDF_A-2b").rglob("*6-1-2-t02-pass-a.pdf"))
    assert check_pdfa(path, "2b") == ()
    assert {violation.clause for violation in check_pdfa(path, "2u")} <= {"6.6.4", "6.2.11.7.2"}
