"""An inbox on a network drive that refuses for a moment."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from dipro_scan.intake.candidates import Candidate
from dipro_scan.intake.claim import claim_source
from dipro_scan.model import QuarantineReason, SourceRefused, Unwritable, passing
from dipro_scan.settings import IntakeSettings


@pytest.fixture
def candidate(tmp_path: Path) -> Candidate:
    path = tmp_path / "inbox" / "stapel.pdf"
    path.parent.mkdir()
    path.write_bytes(b"%PDF-1.7 " * 1000)
    return Candidate(path, "stapel.pdf")


def refuse(patch: pytest.MonkeyPatch, name: str, where: Path, code: int, times: int) -> None:
    real, left = getattr(os, name), [times]

    def refusing(*arguments: Any, **options: Any) -> Any:
        named = [os.fspath(item) for item in arguments[:2] if isinstance(item, str | os.PathLike)]
        if left[0] and any(str(item).startswith(str(where)) for item in named):
            left[0] -= 1
            raise OSError(code, os.strerror(code), named[0])
        return real(*arguments, **options)

    patch.setattr(os, name, refusing)


@pytest.mark.parametrize("code", sorted(passing.MAY_PASS))
def test_reading_outlasts_what_passes(
    candidate: Candidate, tmp_path: Path, waits: list[float], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    refuse(monkeypatch, "open", candidate.path.parent, code, 3)
    source = claim_source(candidate, tmp_path / "originals", IntakeSettings())
    assert source.kept.read_bytes() == candidate.path.read_bytes()
    assert waits == [0.05, 0.1, 0.2]


def test_copying_outlasts_what_passes_and_leaves_nothing_behind(
    candidate: Candidate, tmp_path: Path, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    originals = tmp_path / "originals"
    refuse(monkeypatch, "link", originals, errno.EBUSY, 2)
    source = claim_source(candidate, originals, IntakeSettings())
    assert len(waits) == 2
    assert [path for path in originals.rglob("*") if path.is_file()] == [source.kept]


@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOENT, errno.EIO])
def test_reading_does_not_wait_for_what_will_not_pass(
    candidate: Candidate, tmp_path: Path, waits: list[float], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    refuse(monkeypatch, "open", candidate.path.parent, code, 1)
    with pytest.raises(SourceRefused) as refused:
        claim_source(candidate, tmp_path / "originals", IntakeSettings())
    assert refused.value.reason is QuarantineReason.UNREADABLE
    assert waits == []


def test_a_full_disk_is_not_waited_for(
    candidate: Candidate, tmp_path: Path, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "link", tmp_path / "originals", errno.ENOSPC, 1)
    with pytest.raises(Unwritable):
        claim_source(candidate, tmp_path / "originals", IntakeSettings())
    assert waits == []


def test_a_drive_that_stays_away_is_given_up(
    candidate: Candidate, tmp_path: Path, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "open", candidate.path.parent, errno.ESTALE, 99)
    with pytest.raises(SourceRefused):
        claim_source(candidate, tmp_path / "originals", IntakeSettings())
    assert len(waits) == passing.ATTEMPTS - 1
