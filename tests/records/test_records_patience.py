"""A network drive that refuses for a moment: the filing goes through, and nothing is written twice."""

from __future__ import annotations

import errno
import os
from typing import Any

import pytest

from dipro_scan.model import Unwritable, passing


def refuse(patch: pytest.MonkeyPatch, name: str, moment: int, code: int, times: int) -> list[int]:
    """Lets os.<name> fail from its `moment`-th call below the records on, so many times; tells how often."""
    real = getattr(os, name)
    calls, failed = [0], [0]

    def refusing(*arguments: Any, **options: Any) -> Any:
        if any(
            "records" in str(argument) and "write.lock" not in str(argument) for argument in arguments[:2]
        ):
            calls[0] += 1
            if calls[0] >= moment and failed[0] < times:
                failed[0] += 1
                raise OSError(code, os.strerror(code), str(arguments[0]))
        return real(*arguments, **options)

    patch.setattr(os, name, refusing)
    return failed


@pytest.mark.parametrize("name", ["link", "mkdir"])
@pytest.mark.parametrize("code", [errno.ESTALE, errno.EBUSY, errno.ETIMEDOUT])
def test_placing_outlasts_what_passes(
    opened: Any, waits: list[float], monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    filed = 0
    for moment in range(1, 5):
        filing = opened.filing(f"document-{moment}")
        with monkeypatch.context() as patch:
            failed = refuse(patch, name, moment, code, 2)
            opened.store.file(filing)
        filed += 1
        if failed[0]:
            assert waits
        waits.clear()
    assert len(opened.pdfs()) == filed
    assert opened.store.verify() == []
    events = [entry.event for entry in opened.store.entries()]
    assert events == ["filed"] * filed, "a journal line each, none twice"


@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOSPC, errno.EROFS, errno.EIO])
def test_placing_does_not_wait_for_what_will_not_pass(
    opened: Any, waits: list[float], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    filing = opened.filing("document")
    with monkeypatch.context() as patch:
        refuse(patch, "link", 1, code, 99)
        with pytest.raises(Unwritable):
            opened.store.file(filing)
    assert waits == []
    assert opened.all_files() == []


def test_placing_gives_up_in_the_end_and_takes_back(
    opened: Any, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    filing = opened.filing("document")
    with monkeypatch.context() as patch:
        refuse(patch, "link", 2, errno.ESTALE, 99)
        with pytest.raises(Unwritable):
            opened.store.file(filing)
    assert len(waits) == passing.ATTEMPTS - 1
    assert opened.all_files() == []
    assert opened.store.verify() == []
    opened.store.file(filing)
    assert len(opened.pdfs()) == 1


def test_a_journal_line_is_never_tried_twice(
    opened: Any, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0

    def stale(*_arguments: object) -> None:
        nonlocal tried
        tried += 1
        raise OSError(errno.ESTALE, "stale")

    filing = opened.filing("document")
    with monkeypatch.context() as patch:
        patch.setattr(opened.store._journal, "append", stale)
        with pytest.raises(Unwritable):
            opened.store.file(filing)
    assert (tried, waits) == (1, [])
