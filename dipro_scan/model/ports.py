"""Services that one room needs of another; `batch` passes the real ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar, runtime_checkable

from dipro_scan.model.image import ReadingImage
from dipro_scan.model.page import EngineIdentity
from dipro_scan.model.record import Record
from dipro_scan.model.text import PageText

T = TypeVar("T")


class Clock(Protocol):
    """Tells the time, aware, UTC."""

    def now(self) -> dt.datetime: ...


@dataclass(frozen=True, slots=True)
class OrientationEstimate:
    """`rotation`: degrees clockwise that make the page upright. `confidence`: 0–1."""

    rotation: int
    confidence: float


class OcrEngine(Protocol):
    """Reads words from pixels. One instance per worker process; loads its data once."""

    @property
    def identity(self) -> EngineIdentity: ...

    def detect_orientation(self, image: ReadingImage) -> OrientationEstimate | None:
        """None where the engine sees too little text to tell, or cannot tell at all."""

    def read(self, image: ReadingImage) -> PageText:
        """Words with boxes in millimetres on the page, in reading order."""


@runtime_checkable
class LineEngine(OcrEngine, Protocol):
    """An engine that can also read one line by itself: for second readings of doubtful places."""

    def read_line(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        """The one line of print on `image`, a level cut-out of a page; places in mm on that page.

        `languages` are to be used instead of the engine's own, as far as it knows any. Empty where nothing
        is read.
        """


@runtime_checkable
class PieceEngine(LineEngine, Protocol):
    """An engine that also reads pieces of several lines, and whole pages in other languages.

    `fraktur` is the name of its data for Fraktur; None where it has none, or is not to use them.
    """

    @property
    def fraktur(self) -> str | None: ...

    def read_block(self, image: ReadingImage, languages: tuple[str, ...] | None = None) -> PageText:
        """Lines of print that belong together, alone on `image`; otherwise as `read_line`."""

    def read_in(self, image: ReadingImage, languages: tuple[str, ...]) -> PageText:
        """A whole page as `read` does it, in `languages` alone."""

    def read_rows(self, image: ReadingImage) -> PageText:
        """A whole page as `read` does it, taken for rows one below the other: for pages whose frames and
        drawings mislead the search for columns."""


class TaskTimeout(Exception):
    """A task ran over its time; its worker was stopped."""


class WorkerDied(Exception):
    """A worker process ended in the middle of a task."""


class Executor(Protocol):
    """Runs pure functions, in this process, in workers, or elsewhere."""

    def submit(self, function: Callable[..., T], /, *arguments: Any, timeout_seconds: float) -> Future[T]:
        """The future raises `TaskTimeout`, `WorkerDied`, or what the function raised."""

    def close(self, *, cancel: bool = False) -> None: ...


class IntentState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class FilingIntent:
    """What a filing is about to do; paths relative to the records folder.

    `files` are (path, sha256) in the order in which they are placed: metadata first, PDF last.
    `containers` are replaced JSON containers as (path, sha256 before or "", sha256 after).
    """

    id: str
    document_id: str
    files: tuple[tuple[str, str], ...]
    containers: tuple[tuple[str, str, str], ...]
    journal: dict[str, Any]
    record: Record


class RecordIndex(Protocol):
    """What the filing transaction asks of the operational memory."""

    def open_intents(self) -> Sequence[FilingIntent]: ...

    def intend(self, intent: FilingIntent) -> None:
        """Durable when it returns."""

    def settle(self, intent: FilingIntent, state: IntentState) -> None:
        """`DONE` also enters the record. Durable when it returns."""

    def record_of(self, document_id: str) -> Record | None:
        """The filed record of a document, None where it was not filed (or was given free again)."""
