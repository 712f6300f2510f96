"""Filing, step by step: what stands on disk, in the journal and in the ledger afterwards."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dipro_scan.ledger import DocumentState
from dipro_scan.model import Place, StoreDamaged, StoreNewer, Unwritable, UsageProblem

VORGANG = "63 Bauordnung/63.10 Baugenehmigungen/63.10-0007_2025 Musterweg 5/001 Bauantrag"
AKTE = VORGANG.rpartition("/")[0]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_filed_document_stands_where_it_belongs(opened: Any) -> None:
    filing = opened.filing("doc-1")
    record = opened.store.file(filing)
    assert record.pdf == f"{VORGANG}/2025-03-04_0001_bauantrag.pdf"
    assert record.metadata == f"{VORGANG}/2025-03-04_0001_bauantrag.json"
    assert (opened.root / record.pdf).read_bytes() == filing.pdf.read_bytes()
    assert filing.pdf.exists(), "the caller's file stays"
    assert (opened.root / record.pdf).stat().st_ino != filing.pdf.stat().st_ino
    assert (opened.root / record.pdf).stat().st_nlink == 1
    assert record.pdf_sha256 == sha256(opened.root / record.pdf)
    assert record.metadata_sha256 == sha256(opened.root / record.metadata)
    assert opened.all_files() == sorted(
        [record.pdf, record.metadata, f"{AKTE}/akte.json", f"{VORGANG}/vorgang.json"]
    )
    assert opened.ledger.record_of("doc-1") == record
    assert list((opened.root / ".dipro/staging").iterdir()) == []
    assert opened.store.verify() == []


def test_the_metadata_names_its_files_and_is_readable(opened: Any) -> None:
    record = opened.store.file(opened.filing("doc-1"))
    text = (opened.root / record.metadata).read_text(encoding="utf-8")
    content = json.loads(text)
    assert list(content) == ["schema", "id", "transfer_note", "files", "software"]
    assert content["files"] == [
        {"role": "record", "path": record.pdf, "sha256": record.pdf_sha256, "pdfa": "2u"}
    ]
    assert text.endswith("}\n")
    assert "Straße" in text
    assert '\n  "id"' in text


def test_text_files_lie_beside_the_record_and_are_proved_with_it(opened: Any) -> None:
    record = opened.store.file(opened.filing("doc-1", texts=True))
    stem = record.pdf.removesuffix(".pdf")
    content = json.loads((opened.root / record.metadata).read_text(encoding="utf-8"))
    assert [(item["role"], item["path"]) for item in content["files"]] == [
        ("record", record.pdf), ("text", f"{stem}.txt"), ("alto", f"{stem}.alto.xml"),
    ]  # fmt: skip
    assert all(sha256(opened.root / item["path"]) == item["sha256"] for item in content["files"])
    journalled = opened.store.head().data["files"]
    assert [item["role"] for item in journalled] == ["metadata", "text", "alto", "record"]
    assert opened.store.verify() == []
    (opened.root / f"{stem}.txt").write_text("another text")
    (opened.root / f"{stem}.alto.xml").unlink()
    (opened.root / f"{stem}.hocr.html").write_text("nobody filed this")
    assert sorted(damage.path for damage in opened.store.verify()) == [
        f"{stem}.alto.xml", f"{stem}.hocr.html", f"{stem}.txt",
    ]  # fmt: skip


def test_containers_hold_the_original_wording(opened: Any) -> None:
    place = Place("63.10", "63.10-0008/2025", "Weg: 5/7?", "Antrag / Eingang")
    record = opened.store.file(opened.filing("doc-1", place))
    vorgang = (opened.root / record.pdf).parent
    assert vorgang.relative_to(opened.root).parts[2:] == (
        "63.10-0008_2025 Weg_ 5_7_",
        "001 Antrag _ Eingang",
    )
    akte = json.loads((vorgang.parent / "akte.json").read_text(encoding="utf-8"))
    assert akte == {
        "schema": 1,
        "aktenzeichen": "63.10-0008/2025",
        "title": "Weg: 5/7?",
        "kennzeichen": "63.10",
        "aktenplan": [
            {"kennzeichen": "63", "bezeichnung": "Bauordnung"},
            {"kennzeichen": "63.10", "bezeichnung": "Baugenehmigungen"},
        ],
        "akten_typ": "Fallakte",
        "laufzeit": {"beginn": "2025-03-04", "ende": None},
    }
    content = json.loads((vorgang / "vorgang.json").read_text(encoding="utf-8"))
    assert (content["number"], content["title"]) == (1, "Antrag / Eingang")
    assert opened.store.akte_title("63.10-0008/2025") == "Weg: 5/7?"
    assert opened.store.akte_title("63.10-0009/2025") is None


def test_the_journal_tells_the_filing(opened: Any) -> None:
    record = opened.store.file(opened.filing("doc-1"))
    head = opened.store.head()
    assert (head.number, head.event) == (1, "filed")
    assert head.data["document"] == "doc-1"
    assert head.data["transfer_note"] == "tv"
    assert [item["path"] for item in head.data["files"]] == [record.metadata, record.pdf]
    assert [item["sha256"] for item in head.data["files"]] == [record.metadata_sha256, record.pdf_sha256]
    assert [item["before"] for item in head.data["containers"]] == [None, None]
    assert all(sha256(opened.root / item["path"]) == item["after"] for item in head.data["containers"])
    opened.store.append("batch_finished", {"batch": "b"})
    assert opened.store.head().number == 2
    assert [entry.event for entry in opened.store.entries()] == ["filed", "batch_finished"]
    with pytest.raises(ValueError, match="file"):
        opened.store.append("filed", {})


def test_an_earlier_date_replaces_the_containers_and_says_so(opened: Any) -> None:
    first = opened.store.file(opened.filing("doc-1"))
    before = sha256(opened.root / AKTE / "akte.json")
    opened.store.file(opened.filing("doc-2", date=dt.date(2025, 1, 2)))
    replaced = {item["path"]: item for item in opened.store.head().data["containers"]}
    assert replaced[f"{AKTE}/akte.json"]["before"] == before
    assert json.loads((opened.root / AKTE / "akte.json").read_text())["laufzeit"]["beginn"] == "2025-01-02"
    opened.store.file(opened.filing("doc-3", date=dt.date(2025, 5, 5)))
    assert opened.store.head().data["containers"] == []
    assert opened.pdfs() == [
        f"{VORGANG}/2025-01-02_0002_bauantrag.pdf",
        first.pdf,
        f"{VORGANG}/2025-05-05_0003_bauantrag.pdf",
    ]
    assert opened.store.verify() == []


def test_a_document_is_filed_once(opened: Any) -> None:
    first = opened.store.file(opened.filing("doc-1"))
    lines = opened.store.head().number
    again = opened.store.file(opened.filing("doc-1", Place("32", "32-1", "x", "y")))
    assert again == first
    assert opened.store.head().number == lines
    assert opened.pdfs() == [first.pdf]


def test_a_lifted_guard_files_again_under_a_new_number(opened: Any) -> None:
    first = opened.store.file(opened.filing("doc-1"))
    opened.ledger.reject_document("doc-1")
    second = opened.store.file(opened.filing("doc-1"))
    assert second.pdf != first.pdf
    assert (opened.root / first.pdf).exists()
    assert opened.store.verify() == []


def test_numbers_are_not_used_twice(opened: Any, kit: ModuleType) -> None:
    record = opened.store.file(opened.filing("doc-1"))
    (opened.root / record.pdf).unlink()
    (opened.root / record.metadata).unlink()
    again = kit.Opened(opened.root)
    assert again.store.file(again.filing("doc-2")).pdf.endswith("_0002_bauantrag.pdf")
    again.close()


def test_filing_enters_the_document_in_the_ledger(opened: Any) -> None:
    record = opened.store.file(opened.filing("doc-1"))
    entry = opened.ledger.document("doc-1")
    assert entry.state is DocumentState.FILED
    assert (entry.pdf, entry.metadata, entry.class_id) == (record.pdf, record.metadata, "bauantrag")


def test_two_runs_over_the_same_differ_in_no_byte_but_times(tmp_path: Path, kit: ModuleType) -> None:
    stores = [kit.Opened(tmp_path / name / "records") for name in ("one", "two")]
    for opened in stores:
        for number in range(3):
            opened.store.file(opened.filing(f"doc-{number}"))
    one, two = stores
    assert one.all_files() == two.all_files()
    for path in one.all_files():
        assert (one.root / path).read_bytes() == (two.root / path).read_bytes()
    journals = [(opened.root / ".dipro/journal.jsonl").read_bytes() for opened in stores]
    assert journals[0] == journals[1], "the clocks of this test agree"
    for opened in stores:
        opened.close()


def test_transliteration_is_a_setting(tmp_path: Path, kit: ModuleType) -> None:
    site = kit.SITE.model_copy(update={"transliterate_names": True})
    opened = kit.Opened(tmp_path / "records", site=site)
    record = opened.store.file(opened.filing("doc-1", Place("32", "32-1", "Lärm", "Störung")))
    assert record.pdf.startswith("32 Oeffentliche Ordnung/32-1 Laerm/001 Stoerung/")
    opened.close()


def test_a_place_outside_the_plan_files_nothing(opened: Any) -> None:
    with pytest.raises(UsageProblem, match="no number 77"):
        opened.store.file(opened.filing("doc-1", Place("77", "77-1", "x", "y")))
    assert opened.all_files() == []
    assert list(opened.ledger.open_intents()) == []


def test_threads_share_one_store(opened: Any) -> None:
    filings = [opened.filing(f"doc-{number}") for number in range(12)]
    threads = [threading.Thread(target=opened.store.file, args=(filing,)) for filing in filings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [path.rpartition("/")[2][11:15] for path in opened.pdfs()]
    assert numbers == [f"{number:04d}" for number in range(1, 13)]
    assert opened.store.verify() == []


def test_preparing_twice_is_fine_and_a_newer_store_is_refused(opened: Any) -> None:
    version = opened.root / ".dipro/store.json"
    before = version.read_bytes()
    opened.store.prepare()
    assert version.read_bytes() == before
    assert json.loads(before)["schema"] == 1
    version.write_text('{"schema": 2}')
    with pytest.raises(StoreNewer, match="newer version"):
        opened.store.prepare()
    with pytest.raises(StoreNewer):
        opened.store.verify()
    version.write_text("{")
    with pytest.raises(StoreDamaged):
        opened.store.prepare()


def test_a_root_that_is_a_file_is_told(tmp_path: Path, kit: ModuleType, opened: Any) -> None:
    file = tmp_path / "file"
    file.touch()
    store = type(opened.store)(file, opened.ledger, kit.TickingClock(), kit.SITE)
    with pytest.raises(Unwritable, match="file"):
        store.prepare()


# verify


def messages(opened: Any) -> dict[str, str]:
    return {damage.path: damage.message for damage in opened.store.verify()}


def test_verify_finds_what_was_changed_removed_and_added(opened: Any) -> None:
    record = opened.store.file(opened.filing("doc-1"))
    other = opened.store.file(opened.filing("doc-2"))
    with (opened.root / record.pdf).open("r+b") as file:
        file.seek(100)
        file.write(b"!")
    (opened.root / other.metadata).unlink()
    (opened.root / AKTE / "akte.json").write_text("{}")
    (opened.root / VORGANG / "smuggled.PDF").write_bytes(b"%PDF")
    (opened.root / "32").mkdir()
    (opened.root / "32" / "note.json").write_text("{}")
    (opened.root / VORGANG / "Thumbs.db").touch()
    found = messages(opened)
    assert set(found) == {
        record.pdf,
        other.metadata,
        f"{AKTE}/akte.json",
        f"{VORGANG}/smuggled.PDF",
        "32/note.json",
    }
    assert "changed" in found[record.pdf]
    assert "gone" in found[other.metadata]
    assert "does not know" in found["32/note.json"]


def test_a_changed_container_is_not_covered_up_by_the_next_filing(opened: Any) -> None:
    opened.store.file(opened.filing("doc-1"))
    (opened.root / AKTE / "akte.json").write_text('{"changed": true}')
    (opened.root / VORGANG / "vorgang.json").unlink()
    opened.store.file(opened.filing("doc-2", date=dt.date(2025, 1, 2)))
    assert set(messages(opened)) == {f"{AKTE}/akte.json", f"{VORGANG}/vorgang.json"}


def test_verify_reads_the_journal_even_when_it_is_damaged(opened: Any) -> None:
    opened.store.file(opened.filing("doc-1"))
    opened.store.file(opened.filing("doc-2"))
    journal = opened.root / ".dipro/journal.jsonl"
    whole = journal.read_bytes()
    for old, new in [(b"doc-1", b"doc-X"), (b'"schema":1', b'"schema":7'), (b'{"schema"', b"{{schema")]:
        journal.write_bytes(whole.replace(old, new, 1))
        assert ".dipro/journal.jsonl" in messages(opened)
    journal.unlink()
    assert len(messages(opened)) == len(opened.all_files())


def test_verify_of_what_was_never_a_store_finds_nothing(tmp_path: Path, kit: ModuleType, opened: Any) -> None:
    store = type(opened.store)(tmp_path / "empty", opened.ledger, kit.TickingClock(), kit.SITE)
    assert store.verify() == []
    assert store.head() is None
    assert store.holder() is None
    assert not (tmp_path / "empty").exists()


def test_verify_does_not_stumble_over_filings_under_way(opened: Any) -> None:
    stop = threading.Event()
    found: list[object] = []

    def look() -> None:
        while not stop.is_set():
            found.extend(opened.store.verify())

    watcher = threading.Thread(target=look)
    watcher.start()
    for number in range(15):
        opened.store.file(opened.filing(f"doc-{number}"))
    stop.set()
    watcher.join()
    assert found == []
