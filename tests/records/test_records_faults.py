"""Full disks, missing rights, processes killed at every step, processes side by side."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dipro_scan.model import Locked, Place, Unwritable
from dipro_scan.records import durable

Start = Callable[..., "subprocess.Popen[str]"]
_FAULTY = ("fsync", "link", "replace", "mkdir", "write")


def fail_at(monkeypatch: pytest.MonkeyPatch, name: str, moment: int, code: int) -> list[str]:
    """Lets the `moment`-th call of os.<name> fail; the list tells whether it came to that."""
    real = getattr(os, name)
    calls: list[int] = []
    failed: list[str] = []

    def failing(*arguments: Any, **options: Any) -> Any:
        if name == "mkdir" and Path(arguments[0]).is_dir():
            # Libraries make folders that may exist, and forgive any failure when they do.
            return real(*arguments, **options)
        calls.append(1)
        if len(calls) == moment:
            failed.append(name)
            raise OSError(code, os.strerror(code), str(arguments[0]))
        return real(*arguments, **options)

    monkeypatch.setattr(os, name, failing)
    return failed


@pytest.mark.parametrize("name", _FAULTY)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_failing_disk_files_nothing_and_loses_nothing(
    tmp_path: Path, kit: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    opened = kit.Opened(tmp_path / "records")
    opened.store.file(opened.filing("first"))
    before = opened.all_files()
    new = Place("32", "32-1", "Lärm", "Anzeige")
    for moment in range(1, 60):
        filing = opened.filing("second", new)
        with monkeypatch.context() as patch:
            failed = fail_at(patch, name, moment, code)
            try:
                opened.store.file(filing)
            except Unwritable as error:
                assert "%" not in str(error)
        if not failed:
            break
        assert opened.all_files() == before
        assert opened.ledger.record_of("second") is None
        assert list(opened.ledger.open_intents()) == []
        assert opened.store.verify() == []
    else:
        pytest.fail("the filing never came to its end")
    assert len(opened.pdfs()) == 2
    assert opened.store.verify() == []
    assert not (opened.root / "32 Öffentliche Ordnung" / "32-1 Lärm ~2").exists()
    opened.close()


def test_the_steps_come_in_the_order_that_recovery_relies_on(
    opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    filing = opened.filing("doc-1")
    steps: list[str] = []

    def told(target: Any, name: str, tell: Callable[..., str]) -> None:
        real = getattr(target, name)

        def telling(*arguments: Any) -> Any:
            result = real(*arguments)
            steps.append(tell(*arguments))
            return result

        monkeypatch.setattr(target, name, telling)

    def synced(handle: int) -> str:
        path = Path(f"/proc/self/fd/{handle}").readlink().relative_to(opened.root)
        return f"sync {'staging' if 'staging' in path.parts else path.name}"

    told(opened.ledger, "intend", lambda intent: "intend")
    told(opened.ledger, "settle", lambda intent, state: state.value)
    told(os, "link", lambda staged, target: f"place {Path(target).name}")
    told(os, "fsync", synced)
    record = opened.store.file(filing)
    place = steps.index("place akte.json")
    assert steps[0] == "intend"
    assert steps[1:place].count("sync staging") == 4, "each file"
    assert [step for step in steps if step.startswith("place")] == [
        "place akte.json",
        "place vorgang.json",
        f"place {Path(record.metadata).name}",
        f"place {Path(record.pdf).name}",
    ]
    after = steps[steps.index(f"place {Path(record.pdf).name}") + 1 :]
    assert after == [
        "sync 63.10-0007_2025 Musterweg 5",
        "sync 001 Bauantrag",
        "sync journal.jsonl",
        "sync .dipro",
        "done",
    ]


def test_a_drive_that_goes_away_leaves_all_to_recovery(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        real, calls = os.fsync, []

        def failing(handle: int) -> None:
            calls.append(handle)
            if len(calls) > 6:
                raise OSError(errno.EIO, "Input/output error")
            real(handle)

        patch.setattr(os, "fsync", failing)
        with pytest.raises(Unwritable, match="check the drive"):
            opened.store.file(opened.filing("doc-1"))
    opened.store.recover()
    record = opened.store.file(opened.filing("doc-1"))
    assert opened.pdfs() == [record.pdf]
    assert opened.store.verify() == []


def test_a_ledger_that_fails_after_the_journal_line_loses_nothing(
    opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_arguments: Any) -> None:
        raise Locked("the ledger stayed locked")

    with monkeypatch.context() as patch:
        patch.setattr(opened.ledger, "settle", locked)
        with pytest.raises(Locked):
            opened.store.file(opened.filing("doc-1"))
    assert len(opened.pdfs()) == 1, "it is journalled, so it stands"
    assert opened.store.verify() == []
    told = opened.store.recover()
    assert len(told) == 1 and "completed" in told[0]
    assert opened.ledger.record_of("doc-1") is not None
    assert opened.store.head().number == 1
    assert opened.store.recover() == []


def test_what_does_not_read_back_is_not_filed(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(durable, "hash_from_disk", lambda path: "0" * 64)
        with pytest.raises(Unwritable, match="read back"):
            opened.store.file(opened.filing("doc-1"))
    assert opened.all_files() == []
    assert opened.store.recover() == []


def test_a_file_that_appears_meanwhile_is_never_replaced(
    opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content in (b"a person's own", b""):
        real = os.link

        def link(staged: Any, target: Any, content: bytes = content, real: Any = real) -> None:
            if str(target).endswith(".pdf"):
                Path(target).write_bytes(content)
            real(staged, target)

        with monkeypatch.context() as patch:
            patch.setattr(os, "link", link)
            with pytest.raises(Unwritable, match="in the way"):
                opened.store.file(opened.filing("doc-1"))
        strangers = opened.pdfs()
        assert (opened.root / strangers[-1]).read_bytes() == content
    record = opened.store.file(opened.filing("doc-1"))
    assert record.pdf.endswith("_0003_bauantrag.pdf")
    assert [damage.path for damage in opened.store.verify()] == strangers


def test_without_hard_links_nothing_is_replaced_either(
    opened: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def no_links(*_arguments: Any) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "link", no_links)
    record = opened.store.file(opened.filing("doc-1"))
    assert (opened.root / record.pdf).stat().st_size > 100
    assert opened.store.verify() == []
    staged, target = tmp_path / "staged", tmp_path / "target"
    staged.write_bytes(b"ours")
    target.write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        durable.place_exclusively(staged, target)
    assert target.read_bytes() == b"theirs"


def test_a_torn_journal_is_mended_by_the_next_filing(opened: Any) -> None:
    opened.store.file(opened.filing("doc-1"))
    with (opened.root / ".dipro/journal.jsonl").open("ab") as file:
        file.write(b'{"schema":1,"number":2,"ti')
    assert len(opened.store.verify()) == 1
    opened.store.file(opened.filing("doc-2"))
    assert opened.store.head().number == 3
    assert opened.store.verify() == []
    assert (opened.root / ".dipro/journal.torn").exists()


@pytest.fixture
def fast_folder() -> Any:
    """A folder in memory where there is one: kills do not need a real disk, only many files."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as name:
        yield Path(name)


@pytest.mark.parametrize("scenario", ["new", "same", "no_links", "with_texts"])
def test_killed_at_every_step_a_filing_is_whole_or_not_at_all(
    fast_folder: Path, start_kit: Start, scenario: str
) -> None:
    process = start_kit("kill", fast_folder, scenario)
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    told = [json.loads(line) for line in output.splitlines()]
    assert len(told) > 30
    assert told[0]["known"] is False
    assert any(item["known"] for item in told)
    final = told[-1]["files"]
    before = told[0]["after_recovery"]
    for item in told:
        assert item["damages"] == [], item
        assert item["after_recovery"] == (final if item["known"] else before), item
        assert item["files"] == final, item
        assert item["records"] == ["first", "second"], item
        assert (item["intents"], item["staging"]) == (0, 0), item
        assert item["told"] <= 2, item
        # The line of each filing, and at most one note for each time that a line was torn.
        assert item["lines"] <= (2 if item["again"] is None else 3) + (item["told"] > 1), item
    begins = {tuple(sorted(item["begin"])) for item in told}
    assert len(begins) == 1


def test_processes_file_into_one_vorgang_side_by_side(
    tmp_path: Path, kit: ModuleType, start_kit: Start
) -> None:
    root = tmp_path / "records"
    # The third brings documents that the second brings too: each is filed once.
    processes = [start_kit("fill", root, 8, prefix) for prefix in ("a", "b", "b")]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    opened = kit.Opened(root)
    numbers = [int(path.rpartition("/")[2][11:15]) for path in opened.pdfs()]
    assert numbers == list(range(1, 17))
    assert {path.rpartition("/")[0].rpartition("/")[2] for path in opened.pdfs()} == {"001 Bauantrag"}
    assert len(opened.ledger.records()) == 16
    assert opened.store.head().number == 16
    assert opened.store.verify() == []
    assert opened.store.recover() == []
    opened.close()
