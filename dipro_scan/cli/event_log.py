"""The log: on standard error for people who ask for it, in a file as JSON lines for programs.

Neither holds personal data: of an error both show its kind and the places in the code, never its message,
which may quote a file's name or what was read. The file holds nothing but facts of known form.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import re
import sys
import traceback
from logging.handlers import WatchedFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import click

from dipro_scan.model.errors import Unwritable
from dipro_scan.translation import _, os_reason

LOG_SCHEMA: Final = 1

_EVENTS: Final = "dipro_scan.events"
_COMMAND_FAILED: Final = "command_failed"

_ID: Final = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TEXT_FACTS: Final = {
    "batch": _UUID,
    "document": re.compile(r"[0-9a-f]{32,64}"),
    "source": _SHA256,
    "code": _ID,
    "reason": _ID,
    "state": _ID,
}
_NUMBER_FACTS: Final = frozenset({"page", "pages", "documents", "sources", "seconds", "exit"})


class JsonLines(logging.Formatter):
    """A line of JSON an event: `schema, time, level, logger, event`, the facts of known form, the error.

    What a program logged as a sentence is left out altogether; its place in the code stands for it.
    """

    def format(self, record: logging.LogRecord) -> str:
        event = getattr(record, "event", None)
        line: dict[str, Any] = {
            "schema": LOG_SCHEMA,
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": event if isinstance(event, str) and _ID.fullmatch(event) else _place(record),
            "process": record.process,
        }
        facts = getattr(record, "facts", None)
        line |= known_facts(facts) if isinstance(facts, dict) else {}
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line |= {"error": type(error).__name__, "error_id": error_id(error)}
        return json.dumps(line, ensure_ascii=True)


class NamelessTracebacks(logging.Formatter):
    """Sentences for people; of an error its kind and the lines of code, without what it says."""

    def formatException(  # noqa: N802
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, _error, trace = ei
        return "".join(traceback.format_tb(trace)) + (kind.__name__ if kind else "")


class _LogFile(WatchedFileHandler):
    """Opens the file anew after logrotate has moved it; a full disk costs lines of the log, not the run."""

    told = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        if not self.told:
            self.told = True
            click.echo(_("The log cannot be written; the work goes on without it."), err=True)


def known_facts(facts: dict[str, Any]) -> dict[str, str | int | float]:
    """Those of `facts` that the log knows, if they have the form that they must have."""
    kept: dict[str, str | int | float] = {}
    for name, value in facts.items():
        pattern = _TEXT_FACTS.get(name)
        if pattern is not None and isinstance(value, str) and pattern.fullmatch(value):
            kept[name] = str(value)
        elif name in _NUMBER_FACTS and isinstance(value, int | float) and not isinstance(value, bool):
            kept[name] = round(value, 3)
    return kept


def error_id(error: BaseException) -> str:
    """The same for the same error at the same place in the code, whatever file it met: 12 hex digits."""
    frames = traceback.extract_tb(error.__traceback__)
    way = [f"{Path(frame.filename).name}:{frame.name}" for frame in frames]
    return hashlib.sha256("\n".join([type(error).__name__, *way]).encode()).hexdigest()[:12]


def show_on_standard_error(*, verbose: bool) -> None:
    """Errors alone, or everything. Called again it only changes how much."""
    root = logging.getLogger()
    level = logging.INFO if verbose else logging.ERROR
    handler = next((item for item in root.handlers if item.get_name() == "dipro-scan"), None)
    if handler is None:
        handler = logging.StreamHandler(sys.stderr)
        handler.set_name("dipro-scan")
        handler.setFormatter(NamelessTracebacks("%(levelname)s %(name)s: %(message)s"))
        handler.addFilter(lambda record: getattr(record, "event", "") != _COMMAND_FAILED)
        root.addHandler(handler)
    handler.setLevel(level)
    root.setLevel(level)


def write_log(path: Path) -> None:
    """From now on every event goes into `path` too, behind what it holds already.

    Raises Unwritable where it cannot be opened.
    """
    try:
        handler = _LogFile(path, encoding="utf-8")
    except OSError as error:
        raise Unwritable(
            _("The log %(path)s cannot be written (%(why)s); check the folder and its permissions.")
            % {"path": path, "why": os_reason(error)}
        ) from error
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for item in [item for item in root.handlers if isinstance(item, _LogFile)]:
        root.removeHandler(item)
        item.close()
    root.addHandler(handler)
    # Warnings of all libraries, and our own events; the workers ask for INFO to know of -v, and get none.
    root.setLevel(min(root.level, logging.WARNING))
    logging.getLogger(_EVENTS).setLevel(logging.INFO)


def log_failure(code: int) -> None:
    """Logs the error that ends a command; standard error was told already, in a sentence."""
    extra = {"event": _COMMAND_FAILED, "facts": {"exit": int(code)}}
    logging.getLogger(_EVENTS).warning("%s", _COMMAND_FAILED, exc_info=True, extra=extra)


def _place(record: logging.LogRecord) -> str:
    return f"{record.module}.{record.lineno}".lower()
