"""Failures that may pass by themselves, and how long they are waited for."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from time import monotonic, sleep
from typing import Final, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

MAY_PASS: Final = frozenset({errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.ESTALE, errno.ETIMEDOUT})
"""What network drives and busy devices answer for a moment: a server that starts again, a scanner or virus
checker that has the file open. Missing files and permissions, full and read-only disks and damaged data are
not among them: waiting mends none of those."""

ATTEMPTS: Final = 7
FIRST_WAIT_SECONDS: Final = 0.05
LONGEST_WAIT_SECONDS: Final = 2.0
LONGEST_SECONDS: Final = 9.0
"""No further attempt is begun later than this after the first."""


def may_pass(error: BaseException | None) -> bool:
    """Whether an error is one of those, or an error of ours was raised from one."""
    seen = 0
    while error is not None and seen < 8:
        if isinstance(error, OSError):
            return error.errno in MAY_PASS
        error, seen = error.__cause__, seen + 1
    return False


def patiently(
    work: Callable[[], T],
    *,
    passes: Callable[[BaseException], bool] = may_pass,
    longest_seconds: float = LONGEST_SECONDS,
) -> T:
    """The result of `work`, tried again with growing waits while it fails in a way that may pass.

    `work` must be such that doing it again after a failure does nothing twice. Raises what the last attempt
    raised.
    """
    started = monotonic()
    try:
        return work()
    except Exception as error:
        left = longest_seconds - (monotonic() - started)
        if not passes(error) or left <= FIRST_WAIT_SECONDS:
            raise
        log.info("%s, tried again", type(error).__name__)
    # Loaded where something failed only: every command would pay for it otherwise.
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, stop_before_delay, wait_exponential

    sleep(FIRST_WAIT_SECONDS)
    retrying = Retrying(
        retry=retry_if_exception(passes),
        stop=stop_after_attempt(ATTEMPTS - 1) | stop_before_delay(left - FIRST_WAIT_SECONDS),
        wait=wait_exponential(2 * FIRST_WAIT_SECONDS, max=LONGEST_WAIT_SECONDS),
        sleep=lambda seconds: sleep(seconds),
        reraise=True,
    )
    return retrying(work)
