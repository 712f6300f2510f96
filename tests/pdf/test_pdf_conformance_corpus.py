"""The veraPDF corpus: every file that must pass does, and of those that must fail so many as are asked.

Each group has its own share, so that none hides behind the many files about XMP.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from dipro_scan.pdf import check_pdfa

FOLDERS: dict[str, Literal["2b", "2u"]] = {"PDF_A-2b": "2b", "PDF_A-2u": "2u"}
PASS_FILES = 363
FAIL_FILES = 569
LEAST_SHARE = 0.8
XMP_TYPES = "6.6.2.3.1"
# Fail files of each group when this was written: fewer would make a share easier to reach.
GROUPS = {"6.1": 48, "6.2": 144, "6.3": 49, "6.5": 15, "6.6": 302, f"6.6 without {XMP_TYPES}": 29, "2u": 8}
# Clauses that our own writer touches, with their fail files: here every one must be rejected.
OURS = {
    "6.1.2": 9,
    "6.1.3": 4,
    "6.1.7": 7,
    "6.1.9": 7,
    "6.2.3": 7,
    "6.2.4.2": 0,
    "6.2.4.3": 27,
    "6.2.8": 10,
    "6.2.10": 42,
    "6.2.11.4": 11,
    "6.2.11.7": 7,
    "6.6": 303,
}


@dataclass(frozen=True)
class Judged:
    """A file of the corpus: its clause of ISO 19005-2, and whether the checker found anything."""

    path: Path
    level: Literal["2b", "2u"]
    clause: str
    rejected: bool


@pytest.fixture(scope="module")
def corpus(test_data: Path) -> Path:
    folder = test_data / "verapdf-corpus"
    if not folder.is_dir():
        pytest.skip(f"no veraPDF corpus in {folder}")
    return folder


@pytest.fixture(scope="module")
def fail_files(corpus: Path) -> list[Judged]:
    return judged(corpus, "fail")


def judged(corpus: Path, verdict: str) -> list[Judged]:
    return [
        Judged(path, level, clause_of(path), bool(check_pdfa(path, level)))
        for folder, level in FOLDERS.items()
        for path in sorted((corpus / folder).rglob(f"*-{verdict}-*.pdf"))
    ]


def clause_of(path: Path) -> str:
    match = re.search(r"suite ([\d-]+)-t\d+-", path.name)
    assert match is not None
    return match.group(1).replace("-", ".")


def is_in(clause: str, group: str) -> bool:
    return clause == group or clause.startswith(f"{group}.")


def of_group(files: list[Judged], group: str) -> list[Judged]:
    """Groups by clause are of level 2b, as the corpus sorts them; `2u` is all of its folder."""
    if group == "2u":
        return [file for file in files if file.level == "2u"]
    clause, _without, other = group.partition(" without ")
    return [
        file
        for file in files
        if file.level == "2b" and is_in(file.clause, clause) and not (other and is_in(file.clause, other))
    ]


def test_every_pass_file_is_accepted(corpus: Path) -> None:
    files = judged(corpus, "pass")
    assert len(files) == PASS_FILES
    assert [file.path.name for file in files if file.rejected] == []


def test_the_corpus_has_the_fail_files_that_were_counted(fail_files: list[Judged]) -> None:
    assert len(fail_files) == FAIL_FILES
    assert {group: len(of_group(fail_files, group)) for group in GROUPS} == GROUPS


@pytest.mark.parametrize("group", GROUPS)
def test_of_each_group_enough_fail_files_are_rejected(fail_files: list[Judged], group: str) -> None:
    files = of_group(fail_files, group)
    assert sum(file.rejected for file in files) >= LEAST_SHARE * len(files) > 0


@pytest.mark.parametrize("clause", OURS)
def test_in_what_we_write_every_fail_file_is_rejected(fail_files: list[Judged], clause: str) -> None:
    files = [file for file in fail_files if is_in(file.clause, clause)]
    assert len(files) == OURS[clause]
    assert [file.path.name for file in files if not file.rejected] == []


def test_nothing_that_was_ever_rejected_slips_through(fail_files: list[Judged]) -> None:
    """What was measured when this was written: all of them."""
    assert [file.path.name for file in fail_files if not file.rejected] == []


def test_level_b_files_lack_only_the_level(corpus: Path) -> None:
    path = next((corpus / "PDF_A-2b").rglob("*6-1-2-t02-pass-a.pdf"))
    assert check_pdfa(path, "2b") == ()
    assert {violation.clause for violation in check_pdfa(path, "2u")} <= {"6.6.4", "6.2.11.7.2"}
