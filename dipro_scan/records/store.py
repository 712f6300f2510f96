"""The records store: filing as a transaction, its recovery, and the proof that all is whole."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from dipro_scan import __version__
from dipro_scan.model import (
    Clock,
    DiproScanError,
    FilingIntent,
    IntentState,
    JournalEntry,
    Record,
    RecordIndex,
    StoreDamaged,
    StoreNewer,
)
from dipro_scan.model.passing import patiently
from dipro_scan.records import durable
from dipro_scan.records.catalogue import FILED, Catalogue
from dipro_scan.records.containers import json_bytes
from dipro_scan.records.damage import Damage
from dipro_scan.records.durable import told_as_unwritable
from dipro_scan.records.filing import Filing, plan_filing
from dipro_scan.records.journal import Journal
from dipro_scan.records.layout import Layout, changed_ns
from dipro_scan.records.lock import LockHolder, WriteLock
from dipro_scan.records.placement import Placement
from dipro_scan.records.verification import compare_files, record_files, unknown_files
from dipro_scan.settings import Site
from dipro_scan.translation import _

STORE_SCHEMA: Final = 1
STATE_FOLDER: Final = ".dipro"
_LOCK_SECONDS: Final = 60.0


class RecordStore:
    """The E-Akte below one folder, with its journal, its lock and its staging area.

    Filing and appending take the write lock; verify, head and the like never wait. One instance may be
    shared between threads, and several processes may use one store at once.
    """

    def __init__(self, root: Path, index: RecordIndex, clock: Clock, site: Site) -> None:
        self._root = root
        self._index = index
        self._clock = clock
        self._site = site
        self._state = root / STATE_FOLDER
        self._staging = self._state / "staging"
        self._journal = Journal(self._state / "journal.jsonl")
        self._lock = WriteLock(self._state / "write.lock", clock)
        self._catalogue = Catalogue()
        self._read_up_to = 0
        self._reading = threading.Lock()
        self._left: dict[str, int | None] = {}

    def prepare(self) -> None:
        """Makes the store where it is missing. Raises StoreNewer, StoreDamaged, Unwritable."""
        with told_as_unwritable(self._root):
            self._check_version()
            durable.make_folders(self._staging)
            with tempfile.TemporaryFile(dir=self._staging) as probe:
                probe.write(b"writable")
        if not self._version_file.exists():
            with self.lock(), told_as_unwritable(self._root):
                if not self._version_file.exists():
                    content = {"schema": STORE_SCHEMA, "written_by": __version__}
                    durable.replace_file(self._version_file, json_bytes(content))

    @contextmanager
    def lock(self, timeout_seconds: float = _LOCK_SECONDS) -> Iterator[None]:
        """Holds the write lock; a thread that holds it may take it again. Raises Locked, Unwritable."""
        with self._lock.held(timeout_seconds):
            yield

    def holder(self) -> LockHolder | None:
        """Who holds the write lock now."""
        return self._lock.holder()

    def head(self) -> JournalEntry | None:
        """The journal's newest line."""
        with told_as_unwritable(self._journal.path):
            return self._journal.head()

    def entries(self) -> Iterator[JournalEntry]:
        """The journal's lines, oldest first."""
        with told_as_unwritable(self._journal.path):
            yield from self._journal.entries()

    def akte_title(self, aktenzeichen: str) -> str | None:
        """The title of an Akte in the store, None where there is no such Akte or it cannot be read."""
        with told_as_unwritable(self._root):
            folder = self._known().akten.get(aktenzeichen)
        if folder is None:
            return None
        try:
            content = json.loads((self._root / folder / "akte.json").read_text(encoding="utf-8"))
            return str(content["title"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def append(self, event: str, data: dict[str, Any], *, synced: bool = True) -> JournalEntry:
        """Journals an event that is no filing. Raises Locked, Unwritable.

        Durable when it returns, or, not `synced`, with the next line that is or with `sync_journal`.
        """
        if event == FILED:
            raise ValueError("a filing is journalled by file()")
        with self.lock(), told_as_unwritable(self._journal.path):
            return self._journal.append(event, data, self._clock.now(), synced=synced)

    def sync_journal(self) -> None:
        """Makes every line durable that was appended without. Raises Unwritable."""
        with told_as_unwritable(self._journal.path):
            self._journal.sync()

    def file(self, filing: Filing) -> Record:
        """Files a document, once: for one that was filed before it returns that record.

        When it returns the record is on disk, read back, journalled and entered. When it raises
        Unwritable, Locked, StoreDamaged or UsageProblem nothing of it stands among the records, unless
        it is journalled already; then the next call, or `recover`, finishes it.
        """
        with self.lock():
            self._recover()
            known = self._index.record_of(filing.document_id)
            if known is not None:
                return known
            with told_as_unwritable(self._root):
                catalogue, head = self._known(), self._journal.head()
                transliterate = self._site.transliterate_names
                layout = Layout(self._root, catalogue, transliterate=transliterate, left=self._left)
                target = layout.target(filing.place, filing.class_id, filing.date, filing.plan)
                number = head.number + 1 if head else 1
                planned = plan_filing(filing, target, self._root, catalogue, number)
            self._index.intend(planned.intent)
            placement = Placement(self._root, self._staging, planned.intent)
            try:
                with told_as_unwritable(self._root):
                    patiently(lambda: placement.stage(planned.contents))
                    self._place_and_journal(planned.intent, placement)
            except DiproScanError:
                self._take_back(planned.intent, placement)
                raise
            self._index.settle(planned.intent, IntentState.DONE)
            placement.clear()
            self._left[target.vorgang] = changed_ns(self._root / target.vorgang)
            return planned.intent.record

    def recover(self) -> list[str]:
        """Finishes or takes back filings that were interrupted; says what it did, a sentence each.

        Raises StoreDamaged where the index knows less than the journal: it was lost or restored from an
        older backup, or it is that of another state folder. Filing on would file documents twice.
        """
        with self.lock():
            told = self._recover()
            newest = self._known().newest_document
            if newest is not None and self._index.record_of(newest) is None:
                raise StoreDamaged(
                    _(
                        "The ledger does not know the newest record of %(folder)s: it was lost, or it lies in"
                        " another state folder. Give the right --state, or make it again with"
                        " “dipro-scan ledger rebuild”."
                    )
                    % {"folder": self._root}
                )
            return told

    def verify(self) -> list[Damage]:
        """Everything that is not as it was written: journal, records, containers, files nobody filed.

        Correct while others file: what lies on disk is listed first, the filings under way second, the
        journal last, so that whatever was placed is found in one of both.
        """
        self._check_version()
        with told_as_unwritable(self._root):
            found = record_files(self._root, STATE_FOLDER)
            under_way = self._index.open_intents()
            damages = self._journal.check()
            try:
                # A catalogue of its own: the shared one may grow in another thread meanwhile.
                known = Catalogue.of(self._journal.entries())
            except StoreDamaged as error:
                return damages or [Damage(f"{STATE_FOLDER}/{self._journal.path.name}", str(error))]
            except StoreNewer:
                if damages:
                    return damages
                raise
            damages += compare_files(self._root, known)
            return damages + unknown_files(found, known, under_way)

    @property
    def _version_file(self) -> Path:
        return self._state / "store.json"

    def _check_version(self) -> None:
        try:
            schema = json.loads(self._version_file.read_text(encoding="utf-8"))["schema"]
        except FileNotFoundError:
            return
        except (ValueError, KeyError, TypeError) as error:
            raise StoreDamaged(
                _("%(path)s is damaged; restore it from a backup.") % {"path": self._version_file}
            ) from error
        if not isinstance(schema, int) or schema > STORE_SCHEMA:
            raise StoreNewer(
                _("The records in %(folder)s were written by a newer version of dipro-scan; install that.")
                % {"folder": self._root}
            )

    def _known(self) -> Catalogue:
        """The catalogue with every line that the journal has by now."""
        with self._reading:
            path = self._journal.path
            if not path.exists() or path.stat().st_size < self._read_up_to:
                self._catalogue, self._read_up_to = Catalogue(), 0
            entries, self._read_up_to = self._journal.read(self._read_up_to)
            self._catalogue.extend(entries)
            return self._catalogue

    def _place_and_journal(self, intent: FilingIntent, placement: Placement) -> None:
        # Placing looks at what is in its place already; a journal line must never be written twice.
        patiently(placement.place)
        self._journal.append(FILED, intent.journal, self._clock.now())

    def _take_back(self, intent: FilingIntent, placement: Placement) -> None:
        # Where even this fails (the drive is gone) the intent stays open, and recovery goes on with it.
        with suppress(OSError, DiproScanError):
            known = self._known()
            if intent.id not in known.intents:
                placement.withdraw(known)
                self._index.settle(intent, IntentState.DISCARDED)
                placement.clear()

    def _recover(self) -> list[str]:
        told = []
        with told_as_unwritable(self._root):
            if self._journal.mend(self._clock.now()):
                told.append(_("A line of the journal was torn by an interruption and was set aside."))
            for intent in self._index.open_intents():
                told.append(self._settle_interrupted(intent))
            if self._staging.is_dir():
                for left in self._staging.iterdir():
                    shutil.rmtree(left, ignore_errors=True)
        return told

    def _settle_interrupted(self, intent: FilingIntent) -> str:
        placement, known = Placement(self._root, self._staging, intent, resumed=True), self._known()
        if intent.id in known.intents:
            self._journal.sync()
        elif placement.can_be_completed():
            self._place_and_journal(intent, placement)
        else:
            placement.withdraw(known)
            self._index.settle(intent, IntentState.DISCARDED)
            return _("An interrupted filing of document %(id)s was taken back.") % {"id": intent.document_id}
        self._index.settle(intent, IntentState.DONE)
        return _("An interrupted filing of document %(id)s was completed.") % {"id": intent.document_id}
