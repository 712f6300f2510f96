"""Waking early: the operating system tells of changes in an inbox, where it can.

It cannot on network drives, whose server does not tell of what others write there, and where its limit of
watched folders is reached. So nobody relies on it: inboxes are looked at in intervals all the same.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import watchfiles

log = logging.getLogger(__name__)

_GROUPED_MILLISECONDS: Final = 400
_STEP_MILLISECONDS: Final = 100


class Alarm:
    """Rings when something changes in one of `folders` or below. Use as a context manager.

    `on_silence` is called once, from a thread of its own, with what went wrong where the operating system
    does not tell, or not any more; waiting then takes its full time.
    """

    def __init__(self, folders: Sequence[Path], on_silence: Callable[[Exception], None]) -> None:
        self._folders = [str(folder) for folder in folders]
        self._on_silence = on_silence
        self._rung = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="inbox-alarm", daemon=True)

    def __enter__(self) -> Alarm:
        self._thread.start()
        return self

    def __exit__(self, *_raised: Any) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def wait(self, seconds: float) -> bool:
        """Returns after `seconds`, or at once when something changes or has changed since the last call."""
        rung = self._rung.wait(seconds)
        self._rung.clear()
        return rung

    def _listen(self) -> None:
        try:
            # Never let this library poll: it would ask a network drive three times a second.
            for _changes in watchfiles.watch(
                *self._folders,
                watch_filter=None,
                debounce=_GROUPED_MILLISECONDS,
                step=_STEP_MILLISECONDS,
                stop_event=self._stop,
                raise_interrupt=False,
                force_polling=False,
                ignore_permission_denied=True,
            ):
                self._rung.set()
        except Exception as error:
            log.info("no news from the operating system: %s", type(error).__name__, exc_info=error)
            self._on_silence(error)
