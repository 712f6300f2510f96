"""Events for the log: what happened, to which hash, how long it took. No names, no words, no Aktenzeichen."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

EVENTS: Final = logging.getLogger("dipro_scan.events")

Facts = Mapping[str, str | int | float | None]


def tell(event: str, facts: Facts, *, level: int = logging.INFO) -> None:
    """Logs an event by its stable id. Of `facts` the log keeps those alone that it knows to be harmless."""
    EVENTS.log(level, "%s", event, extra={"event": event, "facts": dict(facts)})


def tell_failure(event: str, error: BaseException, facts: Facts) -> None:
    """Logs that something failed: the error's kind and where, never what it says."""
    extra = {"event": event, "facts": dict(facts)}
    EVENTS.warning("%s: %s", event, type(error).__name__, exc_info=error, extra=extra)
