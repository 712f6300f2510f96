"""Progress on standard error: pages, pages a second, what remains."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

from dipro_scan.translation import _

_SECONDS_ON_TERMINAL = 0.5
_SECONDS_IN_LOG = 30.0


class Progress:
    """A bar on a terminal; in a log a line now and then; nothing when quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: tqdm[Any] | None = None

    def start(self, pages: int) -> None:
        interval = _SECONDS_ON_TERMINAL if sys.stderr.isatty() else _SECONDS_IN_LOG
        self._bar = tqdm(
            total=pages,
            unit=" " + _("pages"),
            file=sys.stderr,
            disable=self._quiet,
            mininterval=interval,
            delay=interval,
            bar_format="{n_fmt}/{total_fmt}{unit} |{bar:20}| {rate_fmt}, " + _("remaining") + " {remaining}",
            leave=False,
        )

    def page_done(self) -> None:
        if self._bar is not None:
            self._bar.update()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
