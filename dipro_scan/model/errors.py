"""One hierarchy of errors. Each class carries the exit code that it means (contracts: exit codes).

A message is one sentence in the reader's language: what, where, what to do. Only `cli` turns an
error into an exit code; everything else raises.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum
from typing import ClassVar


class ExitCode(IntEnum):
    DONE = 0
    BUG = 1
    USAGE = 2
    REVIEW = 3
    QUARANTINE = 4
    BALANCE = 5
    UNWRITABLE = 6
    LOCKED = 7
    ENVIRONMENT = 8
    DAMAGE = 9
    NEWER_STORE = 10
    INTERRUPTED = 130
    TERMINATED = 143


_PRECEDENCE = (
    ExitCode.BUG,
    ExitCode.USAGE,
    ExitCode.NEWER_STORE,
    ExitCode.BALANCE,
    ExitCode.UNWRITABLE,
    ExitCode.ENVIRONMENT,
    ExitCode.DAMAGE,
    ExitCode.LOCKED,
    ExitCode.QUARANTINE,
    ExitCode.REVIEW,
    ExitCode.DONE,
)


def gravest(codes: Iterable[ExitCode]) -> ExitCode:
    """Of several exit codes the one that a run reports; `DONE` for none."""
    return min(codes, key=_PRECEDENCE.index, default=ExitCode.DONE)


class DiproScanError(Exception):
    """Something a person can mend. `str(error)` is the sentence that is shown."""

    exit_code: ClassVar[ExitCode] = ExitCode.BUG


class UsageProblem(DiproScanError):
    """The command was given something that does not exist or does not fit."""

    exit_code = ExitCode.USAGE


class SettingsError(DiproScanError):
    """A file of settings is wrong; the message names file, line, value and what is allowed."""

    exit_code = ExitCode.USAGE


class BalanceBroken(DiproScanError):
    """The page balance does not add up; nothing of the batch may be released."""

    exit_code = ExitCode.BALANCE


class Unwritable(DiproScanError):
    """Records or state cannot be written: full, read-only, no permission."""

    exit_code = ExitCode.UNWRITABLE


class Locked(DiproScanError):
    """Another run holds this inbox, or the store stayed locked."""

    exit_code = ExitCode.LOCKED


class EnvironmentLacking(DiproScanError):
    """The machine lacks something: a program, language data, a local disk for the state."""

    exit_code = ExitCode.ENVIRONMENT


class StoreDamaged(DiproScanError):
    """Journal, record or ledger are not what they were when they were written."""

    exit_code = ExitCode.DAMAGE


class StoreNewer(DiproScanError):
    """The store was written by a newer version of dipro_scan."""

    exit_code = ExitCode.NEWER_STORE


class QuarantineReason(StrEnum):
    """Why a source was put into quarantine. Stable ids."""

    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too_large"
    TIMEOUT = "timeout"
    SYMLINK = "symlink"
    NOT_A_FILE = "not_a_file"
    UNREADABLE = "unreadable"
    POISON = "poison"


class SourceRefused(DiproScanError):
    """A source whose pages cannot be counted or taken out; it goes to quarantine, whole.

    Travels between processes, so both arguments are plain values. `pages` is the number of pages
    where it could be counted.
    """

    exit_code = ExitCode.QUARANTINE

    def __init__(self, reason: QuarantineReason, message: str, pages: int | None = None) -> None:
        super().__init__(reason, message, pages)
        self.reason = reason
        self.message = message
        self.pages = pages

    def __str__(self) -> str:
        return self.message


class PageFailed(DiproScanError):
    """One page's image cannot be decoded or its work failed; the page keeps its place, unread."""

    exit_code = ExitCode.REVIEW
