"""The journal: a chain that shows every change, and survives a torn line."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.model import GENESIS, StoreDamaged, StoreNewer
from dipro_scan.records import Journal

NOON = dt.datetime(2025, 3, 4, 13, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def fill(journal: Journal, count: int) -> None:
    for number in range(count):
        journal.append("noted", {"straße": number, "nested": {"b": [1, None, 2.5]}}, NOON)


def test_lines_form_a_chain(journal: Journal) -> None:
    assert journal.head() is None
    assert journal.check() == []
    fill(journal, 3)
    lines = journal.path.read_bytes().split(b"\n")
    assert lines.pop() == b""
    previous = GENESIS
    for number, line in enumerate(lines, start=1):
        content = json.loads(line)
        assert list(content) == ["schema", "number", "time", "event", "data", "previous", "sum"]
        assert (content["schema"], content["number"], content["previous"]) == (1, number, previous)
        assert content["time"] == "2025-03-04T12:00:00.000000+00:00"
        previous = hashlib.sha256(line).hexdigest()
    entries = list(journal.entries())
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert entries[2].sha256 == previous
    assert entries[2].previous == entries[1].sha256
    assert entries[2].data == {"straße": 2, "nested": {"b": [1, None, 2.5]}}
    assert entries[2].time == NOON
    assert journal.head() == entries[2]
    assert "straße" in journal.path.read_text(encoding="utf-8")


def test_another_process_may_append(journal: Journal) -> None:
    other = Journal(journal.path)
    fill(journal, 1)
    fill(other, 2)
    fill(journal, 1)
    assert [entry.number for entry in other.entries()] == [1, 2, 3, 4]
    assert journal.check() == []
    _entries, offset = journal.read(0)
    assert offset == journal.path.stat().st_size
    fill(other, 1)
    more, _offset = journal.read(offset)
    assert [entry.number for entry in more] == [5]


def test_head_reads_long_lines_and_the_end_only(journal: Journal) -> None:
    fill(journal, 2)
    journal.append("long", {"text": "ß" * 200_000}, NOON)
    head = journal.head()
    assert head is not None and head.number == 3
    fill(journal, 1)
    head = journal.head()
    assert head is not None and (head.number, head.event) == (4, "noted")
    assert journal.check() == []


def test_names_that_are_no_utf8_can_be_journalled(journal: Journal) -> None:
    journal.append("noted", {"name": "Stra\udcdfe\u2028.pdf"}, NOON)
    assert journal.check() == []
    assert [entry.data["name"] for entry in journal.entries()] == ["Stra\udcdfe\u2028.pdf"]


@given(st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.jsonl")
        fill(journal, data.draw(st.integers(1, 4)))
        content = bytearray(journal.path.read_bytes())
        place = data.draw(st.integers(0, len(content) - 1))
        change = data.draw(st.sampled_from(["replace", "insert", "delete"]))
        byte = data.draw(st.integers(0, 255).filter(lambda value: value != content[place]))
        if change == "replace":
            content[place] = byte
        elif change == "insert":
            content.insert(place, byte)
        else:
            del content[place]
        journal.path.write_bytes(content)
        # A journal without its last line break is waited for; that is no matter of this test.
        journal._settled_bytes = journal.path.read_bytes  # type: ignore[method-assign]
        assert journal.check() != []


def test_lines_taken_out_or_moved_are_found(journal: Journal) -> None:
    fill(journal, 4)
    lines = journal.path.read_bytes().splitlines(keepends=True)
    for changed in ([lines[0], *lines[2:]], lines[1:], [lines[1], lines[0], *lines[2:]]):
        journal.path.write_bytes(b"".join(changed))
        assert journal.check() != []


@pytest.mark.parametrize("cut", [1, 2, 40, 300])
def test_a_torn_line_is_set_aside_and_noted(journal: Journal, cut: int) -> None:
    fill(journal, 3)
    whole = journal.path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    torn = last[: max(1, len(last) - cut)]
    journal.path.write_bytes(whole[: -len(last)] + torn)
    head = journal.head()
    assert head is not None and head.number == 2
    assert [entry.number for entry in journal.entries()] == [1, 2]
    assert len(journal.check()) == 1

    assert journal.mend(NOON) is True
    assert journal.path.with_suffix(".torn").read_bytes() == torn + b"\n"
    note = list(journal.entries())[-1]
    assert (note.number, note.event) == (3, "journal_mended")
    assert note.data["sha256"] == hashlib.sha256(torn).hexdigest()
    assert journal.check() == []
    assert journal.mend(NOON) is False


@pytest.mark.parametrize("torn", [b"\0" * 500, b"{", b"\xff\xfe\n", b"[]\n", b"\n", b"x" * 3000])
def test_whatever_a_power_cut_leaves_is_mended(journal: Journal, torn: bytes) -> None:
    for lines in (0, 1, 3):
        journal.path.unlink(missing_ok=True)
        fill(journal, lines)
        with journal.path.open("ab") as file:
            file.write(torn)
        head = journal.head()
        assert (head.number if head else 0) == lines
        journal.append("noted", {}, NOON)
        assert [entry.event for entry in journal.entries()] == [*["noted"] * lines, "journal_mended", "noted"]
        assert journal.check() == []


def test_a_second_broken_line_is_damage_and_not_mended(journal: Journal) -> None:
    fill(journal, 2)
    content = journal.path.read_bytes() + b"broken\nhalf"
    journal.path.write_bytes(content)
    with pytest.raises(StoreDamaged, match="damaged"):
        journal.head()
    with pytest.raises(StoreDamaged):
        journal.mend(NOON)
    with pytest.raises(StoreDamaged):
        journal.append("noted", {}, NOON)
    assert journal.path.read_bytes() == content
    journal.path.write_bytes(b"broken\n" + content)
    with pytest.raises(StoreDamaged):
        list(journal.entries())


@pytest.mark.parametrize("fault", ["write", "half write", "fsync"])
def test_a_full_disk_leaves_the_journal_as_it_was(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    fill(journal, 2)
    before = journal.path.read_bytes()
    write = os.write
    calls = []

    def failing(handle: int, data: Any = b"") -> int:
        calls.append(handle)
        if fault == "half write" and len(calls) == 1:
            return write(handle, data[:30])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync" if fault == "fsync" else "write", failing)
    with pytest.raises(OSError, match="No space"):
        journal.append("noted", {}, NOON)
    assert journal.path.read_bytes() == before
    monkeypatch.undo()
    journal.append("noted", {}, NOON)
    assert journal.check() == []


def test_lines_may_share_a_sync(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(journal, 1)
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    for _number in range(3):
        journal.append("noted", {}, NOON, synced=False)
    assert synced == []
    journal.sync()
    assert synced == [journal.path.stat().st_size]
    journal.append("noted", {}, NOON)
    assert synced[1:] == [journal.path.stat().st_size]
    assert journal.check() == []


def test_a_newer_journal_is_refused(journal: Journal) -> None:
    journal.path.write_bytes(b'{"schema":2,"entry":"what will be"}\n')
    with pytest.raises(StoreNewer):
        journal.head()
    with pytest.raises(StoreNewer):
        list(journal.entries())
