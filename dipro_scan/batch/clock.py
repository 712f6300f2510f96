"""The wall clock, or the fixed time that a reproducible run asks for."""

from __future__ import annotations

import datetime as dt
import os

from dipro_scan.model import UsageProblem
from dipro_scan.translation import _


class SystemClock:
    """Now, UTC, to the second; the fixed time of `SOURCE_DATE_EPOCH` where that is set."""

    def __init__(self) -> None:
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        self._fixed: dt.datetime | None = None
        if epoch:
            try:
                self._fixed = dt.datetime.fromtimestamp(int(epoch), dt.UTC)
            except (ValueError, OverflowError) as error:
                raise UsageProblem(
                    _("SOURCE_DATE_EPOCH is “%(value)s”; it must be a number of seconds since 1970.")
                    % {"value": epoch}
                ) from error

    def now(self) -> dt.datetime:
        return self._fixed or dt.datetime.now(dt.UTC).replace(microsecond=0)
