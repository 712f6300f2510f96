"""`dipro-scan` with a stop watch on ledger and records store. Run as a program:

python timed_watch.py RESULT ARGUMENTS...

At its end it writes to RESULT how many seconds each document spent there, in the order of filing.
"""

from __future__ import annotations

import atexit
import json
import sys
import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from dipro_scan.cli import main
from dipro_scan.ledger import Ledger
from dipro_scan.records import RecordStore


class StopWatch:
    """Seconds inside the outermost of the timed calls, added up from one filed document to the next."""

    def __init__(self) -> None:
        self.documents: list[float] = []
        self.by_call: dict[str, list[float]] = {}
        self._running = 0.0
        self._depth = threading.local()

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def run(*arguments: Any, **named: Any) -> Any:
            depth = getattr(self._depth, "value", 0)
            self._depth.value = depth + 1
            begun = time.perf_counter()
            try:
                return call(*arguments, **named)
            finally:
                self._depth.value = depth
                if depth == 0:
                    self._add(name, time.perf_counter() - begun)

        return run

    def _add(self, name: str, seconds: float) -> None:
        entry = self.by_call.setdefault(name, [0, 0.0])
        entry[0] += 1
        entry[1] += seconds
        self._running += seconds
        if name == "RecordStore.file":
            self.documents.append(self._running)
            self._running = 0.0


def install(watch: StopWatch) -> None:
    for kind in (Ledger, RecordStore):
        for name, member in list(vars(kind).items()):
            is_call = callable(member) and not name.startswith("_")
            if is_call and name not in ("lock", "entries", "close"):
                setattr(kind, name, watch.timed(f"{kind.__name__}.{name}", member))


if __name__ == "__main__":
    result = Path(sys.argv.pop(1))
    stop_watch = StopWatch()
    install(stop_watch)
    atexit.register(
        lambda: result.write_text(
            json.dumps({"documents": stop_watch.documents, "by_call": stop_watch.by_call}), encoding="utf-8"
        )
    )
    main()
