"""The journal (D6): one JSON line per event, each holding the hash of the line before it."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any, Final

from dipro_scan.model import GENESIS, JournalEntry, StoreDamaged, StoreNewer
from dipro_scan.records import durable
from dipro_scan.records.damage import Damage
from dipro_scan.translation import _

JOURNAL_SCHEMA: Final = 1
_TAIL_BYTES = 1 << 16
# The last member of a line: the SHA-256 of the line as it would be without it. It proves the newest
# line too, which no later line holds the hash of.
_SUM = re.compile(rb',"sum":"([0-9a-f]{64})"}$')


@dataclass(frozen=True, slots=True)
class _Tail:
    """The journal's last line: its bytes without line break, where it begins, whether it is whole."""

    line: bytes
    start: int
    size: int
    entry: JournalEntry | None


class Journal:
    """An append-only file, `journal.jsonl`. Appending needs the store's write lock; reading needs none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        return self._path

    def append(
        self, event: str, data: dict[str, Any], time: dt.datetime, *, synced: bool = True
    ) -> JournalEntry:
        """Adds a line, on disk when it returns; not `synced`, with the next one that is, or with `sync`.

        A torn last line is mended first. Raises OSError with the journal as it was before.
        """
        tail = self._tail()
        if tail is not None and tail.entry is None:
            self.mend(time)
            tail = self._tail()
        head = tail.entry if tail else None
        number, previous = (head.number + 1, head.sha256) if head else (1, GENESIS)
        line = _line(number, event, data, time, previous)
        self._write(line, tail.size if tail else 0, synced=synced)
        return _entry(line)

    def head(self) -> JournalEntry | None:
        """The last whole line, None for an empty journal. Reads the end of the file only."""
        tail = self._tail()
        if tail is None:
            return None
        if tail.entry is not None:
            return tail.entry
        before = self._tail(tail.start)
        if before is None:
            return None
        if before.entry is None:
            raise StoreDamaged(_damaged_sentence(self._path))
        return before.entry

    def entries(self) -> Iterator[JournalEntry]:
        """Every whole line, oldest first. Raises StoreDamaged at a line that is none."""
        yield from self.read(0)[0]

    def read(self, offset: int) -> tuple[list[JournalEntry], int]:
        """The whole lines from byte `offset` on, and the offset after them. Does not check the chain."""
        data = self._bytes(offset)
        end = data.rfind(b"\n") + 1
        entries: list[JournalEntry] = []
        lines = data[:end].split(b"\n")[:-1]
        for position, line in enumerate(lines):
            entry = _parse(line)
            if entry is None:
                if position == len(lines) - 1:
                    return entries, offset + end - len(line) - 1
                raise StoreDamaged(_damaged_sentence(self._path))
            entries.append(entry)
        return entries, offset + end

    def mend(self, time: dt.datetime) -> bool:
        """Sets a torn last line aside, into `journal.torn`, and notes it. Needs the write lock.

        A line is torn when it does not end or is no JSON: the power failed while it was written, and
        nothing was built on it yet. Returns whether there was one.
        """
        tail = self._tail()
        if tail is None or tail.entry is not None:
            return False
        before = self._tail(tail.start)
        if before is not None and before.entry is None:
            raise StoreDamaged(_damaged_sentence(self._path))
        torn = self._path.with_suffix(".torn")
        handle = os.open(torn, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        try:
            durable.write_all(handle, tail.line + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        durable.sync_folder(torn.parent)
        note = {"sha256": durable.hash_bytes(tail.line), "bytes": len(tail.line), "kept_in": torn.name}
        head = before.entry if before else None
        number, previous = (head.number + 1, head.sha256) if head else (1, GENESIS)
        self._overwrite(_line(number, "journal_mended", note, time, previous), tail.start)
        return True

    def sync(self) -> None:
        """Makes durable what is there: a killed process may have written a line and not synced it."""
        handle = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def check(self) -> list[Damage]:
        """What is wrong with the chain: any byte that was changed, added or taken away."""
        data = self._settled_bytes()
        lines = data.split(b"\n")
        damages = []
        place = f"{self._path.parent.name}/{self._path.name}"
        if lines.pop():
            damages.append(Damage(place, _("The journal's last line is torn; the next run mends it.")))
        previous = GENESIS
        for number, line in enumerate(lines, start=1):
            problem = _problem(line, number, previous)
            if problem:
                damages.append(Damage(place, problem))
            previous = durable.hash_bytes(line)
        return damages

    def _settled_bytes(self) -> bytes:
        """The whole journal; a line that another process is writing just now is waited for."""
        data = self._bytes(0)
        for _attempt in range(10):
            if not data or data.endswith(b"\n"):
                break
            sleep(0.05)
            data = self._bytes(0)
        return data

    def _bytes(self, offset: int) -> bytes:
        try:
            with self._path.open("rb") as file:
                file.seek(offset)
                return file.read()
        except FileNotFoundError:
            return b""

    def _tail(self, end: int | None = None) -> _Tail | None:
        """The last line before byte `end`; None where there is none."""
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return None
        with file:
            size = file.seek(0, os.SEEK_END) if end is None else end
            if size == 0:
                return None
            block = _TAIL_BYTES
            while True:
                start = max(0, size - block)
                file.seek(start)
                data = file.read(size - start)
                whole = data.endswith(b"\n")
                line_break = data.rfind(b"\n", 0, len(data) - 1 if whole else len(data))
                if line_break >= 0 or start == 0:
                    break
                block *= 4
        line = data[line_break + 1 : -1] if whole else data[line_break + 1 :]
        return _Tail(line, start + line_break + 1, size, _parse(line) if whole else None)

    def _write(self, line: bytes, size: int, *, synced: bool) -> None:
        is_new = not self._path.exists()
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        try:
            durable.write_all(handle, line + b"\n")
            if synced:
                os.fsync(handle)
            if is_new:
                durable.sync_folder(self._path.parent)
        except OSError:
            # Half a line, or one that may not be on disk, must not stay: nothing may build on it.
            os.ftruncate(handle, size)
            raise
        finally:
            os.close(handle)

    def _overwrite(self, line: bytes, start: int) -> None:
        # The note goes where the torn line stood, so that no kill leaves the journal without both.
        data = line + b"\n"
        handle = os.open(self._path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.lseek(handle, start, os.SEEK_SET)
            durable.write_all(handle, data)
            os.ftruncate(handle, start + len(data))
            os.fsync(handle)
        finally:
            os.close(handle)


def _line(number: int, event: str, data: dict[str, Any], time: dt.datetime, previous: str) -> bytes:
    content = {
        "schema": JOURNAL_SCHEMA,
        "number": number,
        "time": time.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "event": event,
        "data": data,
        "previous": previous,
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # A lone surrogate, from a file name that is no UTF-8, becomes JSON's own escape.
    body = text.encode("utf-8", "backslashreplace")
    return body[:-1] + b',"sum":"' + durable.hash_bytes(body).encode() + b'"}'


def _parse(line: bytes) -> JournalEntry | None:
    """The entry in a line, None where it is none. Raises StoreNewer for one of a later schema."""
    try:
        return _entry(line)
    except (ValueError, TypeError, KeyError):
        return None


def _entry(line: bytes) -> JournalEntry:
    content = json.loads(line)
    if int(content["schema"]) > JOURNAL_SCHEMA:
        raise StoreNewer(_("The journal was written by a newer version of dipro-scan; install that version."))
    return JournalEntry(
        number=int(content["number"]),
        time=dt.datetime.fromisoformat(content["time"]),
        event=str(content["event"]),
        data=dict(content["data"]),
        previous=str(content["previous"]),
        sha256=durable.hash_bytes(line),
    )


def _problem(line: bytes, number: int, previous: str) -> str | None:
    place = {"number": number}
    match = _SUM.search(line)
    if match is None or durable.hash_bytes(line[: match.start()] + b"}") != match.group(1).decode():
        return _("Line %(number)d of the journal was changed after it was written.") % place
    entry = _parse(line)
    if entry is None:
        return _("Line %(number)d of the journal cannot be read.") % place
    if entry.number != number or entry.previous != previous:
        return _("Line %(number)d of the journal does not follow the line before it.") % place
    return None


def _damaged_sentence(path: Path) -> str:
    return _("The journal %(path)s is damaged; “dipro-scan verify” shows where.") % {"path": path}
