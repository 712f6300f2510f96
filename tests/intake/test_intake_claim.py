"""Claiming and releasing files: real folders, links, pipes, full disks, files that change."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import resource
import signal
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.intake.candidates import printable_name
from dipro_scan.intake.claim import Candidate, claim_source, find_candidates, release_source
from dipro_scan.intake.originals import keep_copy
from dipro_scan.model import QuarantineReason, SourceRefused, Unwritable, UsageProblem
from dipro_scan.settings.schema import IntakeSettings

SETTINGS = IntakeSettings()


def _write(path: Path, content: bytes = b"scan") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _names(*inputs: Path) -> list[str]:
    return [candidate.name for candidate in find_candidates(inputs)]


def _refusal(path: Path, originals: Path, settings: IntakeSettings = SETTINGS) -> SourceRefused:
    with pytest.raises(SourceRefused) as caught:
        claim_source(Candidate(path, path.name), originals, settings)
    return caught.value


def test_a_folder_is_read_in_natural_order_with_its_subfolders(tmp_path: Path) -> None:
    for name in ("scan10.pdf", "scan2.pdf", "Scan1.pdf", "b/2.tif", "b/10.tif", "b c/1.tif"):
        _write(tmp_path / name)
    assert _names(tmp_path) == ["b/2.tif", "b/10.tif", "b c/1.tif", "Scan1.pdf", "scan2.pdf", "scan10.pdf"]


def test_inputs_keep_the_order_given_and_each_file_counts_once(tmp_path: Path) -> None:
    last, first = _write(tmp_path / "inbox" / "z.pdf"), _write(tmp_path / "inbox" / "a.pdf")
    again = tmp_path / "inbox" / ".." / "inbox" / "a.pdf"
    assert _names(last, tmp_path / "inbox", first, again) == ["z.pdf", "a.pdf"]


def test_hidden_system_and_half_written_files_are_passed_over_in_folders(tmp_path: Path) -> None:
    hidden = (".hidden.pdf", ".git/a.pdf", "._a.pdf", ".DS_Store", ".~lock.a.pdf#", ".nfs0000000001a2")
    system = ("Thumbs.db", "desktop.ini", "@eaDir/a.pdf", "#recycle/a.pdf", "$RECYCLE.BIN/a.pdf")
    system += ("System Volume Information/a.pdf", "@Recycle/a.pdf", "lost+found/a.pdf")
    partial = ("a.pdf.part", "b.tmp", "c.PDF.crdownload", "~$letter.pdf", "d.pdf.filepart", "e.download")
    for name in (*hidden, *system, *partial):
        _write(tmp_path / name)
    _write(tmp_path / "tmp.pdf")
    assert _names(tmp_path) == ["tmp.pdf"]
    assert _names(tmp_path / ".hidden.pdf") == [".hidden.pdf"]


def test_an_input_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="missing"):
        find_candidates([tmp_path / "missing"])


def test_names_are_nfc_and_bytes_that_are_no_text_are_shown(tmp_path: Path) -> None:
    _write(tmp_path / "u\u0308ber.pdf")
    os.close(os.open(os.fsencode(tmp_path) + b"/caf\xe9\n.pdf", os.O_CREAT | os.O_WRONLY))
    (broken, plain) = find_candidates([tmp_path])
    assert plain.name == "\u00fcber.pdf"
    assert broken.name == "caf\\xe9\\x0a.pdf"
    assert _refusal(broken.path, tmp_path / "originals").reason is QuarantineReason.EMPTY


@given(st.binary(min_size=1, max_size=40))
def test_any_name_becomes_one_printable_line(raw: bytes) -> None:
    name = printable_name(os.fsdecode(raw))
    assert name.encode("utf-8").decode("utf-8").splitlines() == [name]


def test_links_to_folders_are_followed_only_when_named(tmp_path: Path) -> None:
    _write(tmp_path / "elsewhere" / "a.pdf")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (inbox / "loop").symlink_to(inbox, target_is_directory=True)
    assert _names(inbox) == ["link", "loop"]
    assert _refusal(inbox / "link", tmp_path / "originals").reason is QuarantineReason.SYMLINK
    assert _names(inbox / "link") == ["a.pdf"]


def test_links_pipes_and_sockets_are_refused_without_being_opened(tmp_path: Path) -> None:
    originals = tmp_path / "originals"
    target = _write(tmp_path / "secret.pdf")
    link, pipe, plug = tmp_path / "link.pdf", tmp_path / "pipe.pdf", tmp_path / "socket.pdf"
    link.symlink_to(target)
    os.mkfifo(pipe)
    server = socket.socket(socket.AF_UNIX)
    server.bind(os.fspath(plug))
    assert _refusal(link, originals).reason is QuarantineReason.SYMLINK
    assert _refusal(pipe, originals).reason is QuarantineReason.NOT_A_FILE
    assert _refusal(plug, originals).reason is QuarantineReason.NOT_A_FILE
    assert _refusal(Path("/dev/zero"), originals).reason is QuarantineReason.NOT_A_FILE
    server.close()
    assert not originals.exists()


def test_empty_and_huge_files_are_refused(tmp_path: Path) -> None:
    originals = tmp_path / "originals"
    assert _refusal(_write(tmp_path / "a.pdf", b""), originals).reason is QuarantineReason.EMPTY
    huge = tmp_path / "b.pdf"
    with huge.open("wb") as file:
        file.truncate(3_000_000_000)
    refusal = _refusal(huge, originals)
    assert refusal.reason is QuarantineReason.TOO_LARGE
    assert "3000 MB" in refusal.message and "2000 MB" in refusal.message


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "gone.pdf", tmp_path).reason is QuarantineReason.UNREADABLE


def test_read_errors_are_the_source_s_and_not_the_state_s(tmp_path: Path) -> None:
    class Broken:
        def seek(self, _position: int) -> None: ...

        def read(self, _size: int) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        keep_copy(Broken(), tmp_path / "originals", "ab" * 32, ".pdf")  # type: ignore[arg-type]
    assert [path for path in (tmp_path / "originals").rglob("*") if path.is_file()] == []


def test_the_copy_is_exact_private_and_under_its_hash(tmp_path: Path) -> None:
    content = os.urandom(3_000_001)
    path = _write(tmp_path / "inbox" / "Brief.PDF", content)
    os.utime(path, ns=(0, 1_700_000_000_123_456_789))
    source = claim_source(Candidate(path, "x/Brief.PDF"), tmp_path / "originals", SETTINGS)
    sha256 = hashlib.sha256(content).hexdigest()
    assert source.kept == tmp_path / "originals" / sha256[:2] / f"{sha256}.pdf"
    assert source.kept.read_bytes() == content
    assert source.kept.stat().st_mode & 0o077 == 0
    assert (source.name, source.path, source.sha256) == ("x/Brief.PDF", path, sha256)
    assert source.size_bytes == 3_000_001
    assert source.arrived == dt.datetime(2023, 11, 14, 22, 13, 20, 123456, tzinfo=dt.UTC)
    assert len(list(source.kept.parent.iterdir())) == 1


def test_the_same_bytes_are_kept_once_and_a_damaged_copy_is_replaced(tmp_path: Path) -> None:
    originals = tmp_path / "originals"
    first = claim_source(Candidate(_write(tmp_path / "a.pdf"), "a.pdf"), originals, SETTINGS)
    before = first.kept.stat()
    second = claim_source(Candidate(_write(tmp_path / "b.jpg"), "b.jpg"), originals, SETTINGS)
    assert second.kept == first.kept
    assert second.kept.stat().st_ino == before.st_ino
    first.kept.write_bytes(b"sc")
    third = claim_source(Candidate(tmp_path / "a.pdf", "a.pdf"), originals, SETTINGS)
    assert third.kept.read_bytes() == b"scan"


def test_a_suffix_that_could_lead_elsewhere_is_left_out(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.b\u00e4d suffix")
    source = claim_source(Candidate(path, path.name), tmp_path / "originals", SETTINGS)
    assert source.kept.name == source.sha256


def test_originals_that_cannot_be_written_are_a_problem_of_the_state(tmp_path: Path) -> None:
    originals = _write(tmp_path / "originals")  # a file where a folder should be
    with pytest.raises(Unwritable, match="originals"):
        claim_source(Candidate(_write(tmp_path / "a.pdf"), "a.pdf"), originals, SETTINGS)


def test_a_full_disk_is_a_problem_of_the_state_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.pdf", os.urandom(300_000))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(Unwritable):
            claim_source(Candidate(path, "a.pdf"), tmp_path / "originals", SETTINGS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert [found for found in (tmp_path / "originals").rglob("*") if found.is_file()] == []


def test_a_file_that_is_still_being_written_is_not_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write(tmp_path / "a.pdf")

    def grow_then_keep(*arguments: object) -> Path:
        with path.open("ab") as file:
            file.write(b"more")
        return keep_copy(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("dipro_scan.intake.claim.keep_copy", grow_then_keep)
    refusal = _refusal(path, tmp_path / "originals")
    assert refusal.reason is QuarantineReason.UNREADABLE
    assert "changing" in refusal.message
    assert [found for found in (tmp_path / "originals").rglob("*") if found.is_file()] == []


def test_release_removes_exactly_the_claimed_bytes(tmp_path: Path) -> None:
    path = _write(tmp_path / "inbox" / "a.pdf")
    source = claim_source(Candidate(path, "a.pdf"), tmp_path / "originals", SETTINGS)
    assert release_source(source) is True
    assert not path.exists()
    assert source.kept.read_bytes() == b"scan"
    assert release_source(source) is True  # a crash between two runs: it is gone already


@pytest.mark.parametrize("what", ["changed", "linked", "copy damaged", "copy gone"])
def test_release_leaves_anything_else_alone(tmp_path: Path, what: str) -> None:
    path = _write(tmp_path / "inbox" / "a.pdf")
    source = claim_source(Candidate(path, "a.pdf"), tmp_path / "originals", SETTINGS)
    if what == "changed":
        path.write_bytes(b"scam")
    elif what == "linked":
        path.rename(tmp_path / "moved.pdf")
        path.symlink_to(tmp_path / "moved.pdf")
    elif what == "copy damaged":
        source.kept.write_bytes(b"scam")
    else:
        source.kept.unlink()
    assert release_source(source) is False
    assert path.is_symlink() or path.exists()
