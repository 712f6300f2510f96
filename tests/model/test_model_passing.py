"""What may pass is waited for, with growing waits and an end; what will not pass is not."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable

import pytest

from dipro_scan.model import Unwritable, passing

WILL_NOT_PASS = (errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def failing(times: int, error: BaseException) -> Callable[[], int]:
    """Work that fails so often and then tells how often it was done."""
    done = 0

    def work() -> int:
        nonlocal done
        done += 1
        if done <= times:
            raise error
        return done

    return work


@pytest.mark.parametrize("number", sorted(passing.MAY_PASS))
def test_what_may_pass_is_tried_again(number: int, waits: list[float]) -> None:
    assert passing.patiently(failing(3, OSError(number, os.strerror(number)))) == 4
    assert waits == [0.05, 0.1, 0.2]


@pytest.mark.parametrize("number", WILL_NOT_PASS)
def test_what_will_not_pass_is_not_waited_for(number: int, waits: list[float]) -> None:
    with pytest.raises(OSError) as raised:
        passing.patiently(failing(1, OSError(number, os.strerror(number))))
    assert raised.value.errno == number
    assert waits == []


def test_other_errors_are_not_waited_for(waits: list[float]) -> None:
    for error in (ValueError("no"), sqlite3.OperationalError("busy"), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            passing.patiently(failing(1, error))
    assert waits == []


def test_it_ends_with_what_was_raised_last_and_before_ten_seconds(waits: list[float]) -> None:
    work = failing(99, OSError(errno.ESTALE, "stale"))
    with pytest.raises(OSError, match="stale"):
        passing.patiently(work)
    assert len(waits) == passing.ATTEMPTS - 1
    assert waits == sorted(waits)
    assert 2 < sum(waits) < 10


def test_long_attempts_are_not_repeated(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((0.0, 60.0))
    monkeypatch.setattr(passing, "monotonic", lambda: next(clock))
    with pytest.raises(OSError, match="late"):
        passing.patiently(failing(1, OSError(errno.ETIMEDOUT, "late")))
    assert waits == []


def test_an_error_of_ours_passes_as_what_it_came_from() -> None:
    def told(number: int) -> Unwritable:
        error = Unwritable("a sentence")
        error.__cause__ = OSError(number, "why")
        return error

    assert passing.may_pass(told(errno.EBUSY))
    assert not passing.may_pass(told(errno.ENOSPC))
    assert not passing.may_pass(Unwritable("without a cause"))
    assert not passing.may_pass(None)
