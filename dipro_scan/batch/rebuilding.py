"""The ledger made again from what is always kept: journal, records, review, quarantine, originals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Final

from filelock import FileLock, Timeout

from dipro_scan.batch.clock import SystemClock
from dipro_scan.batch.evidence import Evidence
from dipro_scan.batch.holders import is_live
from dipro_scan.batch.interrupted import Journalled, interrupted_filings
from dipro_scan.batch.locks import lock_holders
from dipro_scan.batch.replay import Replay
from dipro_scan.batch.station import StoreOptions
from dipro_scan.batch.workspace import Workspace, open_workspace
from dipro_scan.ledger import DocumentState, SourceState
from dipro_scan.ledger.contents import LedgerContents
from dipro_scan.ledger.keeping import kept_path
from dipro_scan.ledger.migrating import Migration, migrate_ledger
from dipro_scan.ledger.replacing import replace_ledger
from dipro_scan.model import (
    ExitCode,
    FilingIntent,
    IntentState,
    Locked,
    Record,
    StoreDamaged,
)
from dipro_scan.records import Damage, Journal, RecordStore, durable
from dipro_scan.records.durable import told_as_unwritable
from dipro_scan.records.verification import record_files
from dipro_scan.settings import load_site
from dipro_scan.translation import _

_STATE_FOLDER: Final = ".dipro"
_JOURNAL: Final = f"{_STATE_FOLDER}/journal.jsonl"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What the new ledger holds. `kept` names the old one; `lost` are sentences about what cannot be known.

    `under_way` filings were interrupted; the next run finishes them or takes them back. `damages` is what
    `verify` says of the store.
    """

    ledger: str
    kept: str | None
    contents: LedgerContents
    under_way: int
    lost: tuple[str, ...]
    damages: tuple[Damage, ...]

    @property
    def exit(self) -> ExitCode:
        return ExitCode.DAMAGE if self.damages else ExitCode.DONE


class NoIndex:
    """A `RecordIndex` that knows nothing, for a store whose ledger is lost."""

    def open_intents(self) -> Sequence[FilingIntent]:
        return ()

    def intend(self, intent: FilingIntent) -> None:
        raise LookupError("nothing can be filed without a ledger")

    def settle(self, intent: FilingIntent, state: IntentState) -> None:
        raise LookupError("nothing can be filed without a ledger")

    def record_of(self, document_id: str) -> Record | None:
        return None


def rebuild_ledger(options: StoreOptions, *, dry_run: bool = False) -> Rebuilt:
    """Makes the ledger again and puts it in the place of the old one; with `dry_run` only says what it would.

    Raises StoreDamaged where the journal's chain is broken (nothing may be built on it), Locked while a run
    is under way, Unwritable, UsageProblem where there are no records.
    """
    workspace, store = _open(options)
    with ExitStack() as stack:
        if not dry_run:
            store.prepare()
            stack.enter_context(store.lock())
            _check_nobody_works(workspace)
            with told_as_unwritable(workspace.records):
                Journal(workspace.records / _JOURNAL).mend(SystemClock().now())
        damages = _sound_journal(workspace, store)
        replay = Replay(Evidence(workspace))
        replay.take(store.entries())
        under_way = _under_way(workspace, replay)
        lost = list(_settle(replay))
        contents = _contents(replay, under_way)
        taken = {path for intent in under_way for path in _paths(intent)}
        rebuilt = Rebuilt(
            ledger=workspace.shown(workspace.ledger),
            kept=None,
            contents=contents,
            under_way=len(under_way),
            lost=(*replay.lost, *lost),
            damages=tuple(damage for damage in damages if damage.path not in taken),
        )
        if dry_run:
            return rebuilt
        moment = SystemClock().now()
        kept = replace_ledger(workspace.ledger, contents, kept_path(workspace.ledger, "old", moment))
        name = kept.name if kept else None
        store.append("ledger_rebuilt", {"kept": name, "operator": options.operator, **_counts(contents)})
        return replace(rebuilt, kept=workspace.shown(kept) if kept else None)


def migrate_store(options: StoreOptions) -> Migration:
    """Brings an older ledger to today's schema, after a copy of it was made.

    Raises StoreNewer, StoreDamaged, Locked while a run is under way, Unwritable, UsageProblem.
    """
    workspace, store = _open(options)
    store.prepare()
    with store.lock():
        _check_nobody_works(workspace)
        migration = migrate_ledger(workspace.ledger, SystemClock().now())
        if migration.steps:
            facts: dict[str, Any] = {"before": migration.before, "after": migration.steps[-1]}
            store.append("ledger_migrated", {**facts, "operator": options.operator})
    return migration


def _open(options: StoreOptions) -> tuple[Workspace, RecordStore]:
    workspace = open_workspace(options.records, options.state, create=False)
    with told_as_unwritable(workspace.state):
        durable.make_folders(workspace.state)
    store = RecordStore(workspace.records, NoIndex(), SystemClock(), load_site(options.pipelines))
    return workspace, store


def _check_nobody_works(workspace: Workspace) -> None:
    """Raises Locked while a run holds an inbox: it has the ledger in use.

    Called with the store's write lock held, which a run that begins meanwhile waits for.
    """
    for path in sorted(workspace.locks.glob("*.lock")) if workspace.locks.is_dir() else []:
        try:
            with FileLock(path, timeout=0):
                continue
        except Timeout as error:
            held = ", ".join(holder.inbox for holder in lock_holders(workspace)) or str(path)
            raise Locked(
                _("A run is under way (%(inbox)s); wait until it has finished.") % {"inbox": held}
            ) from error


def _sound_journal(workspace: Workspace, store: RecordStore) -> list[Damage]:
    """What `verify` says of the records. Raises StoreDamaged where the journal itself cannot be trusted."""
    journal = workspace.records / _JOURNAL
    if not journal.exists() and record_files(workspace.records, _STATE_FOLDER):
        raise StoreDamaged(
            _("The journal %(path)s is missing; bring it back from the last backup, then rebuild the ledger.")
            % {"path": journal}
        )
    damages = store.verify()
    first = next((damage for damage in damages if damage.path == _JOURNAL), None)
    if first is not None:
        raise StoreDamaged(
            _("%(damage)s No ledger is built on it; bring the journal %(path)s back from the last backup.")
            % {"damage": first.message, "path": journal}
        )
    return damages


def _under_way(workspace: Workspace, replay: Replay) -> list[FilingIntent]:
    intents = [intent for intent, _state in replay.intents.values()]
    known = {path for intent in intents for path in _paths(intent)}
    containers = {path: after for intent in intents for path, _before, after in intent.containers}
    with told_as_unwritable(workspace.records):
        found = record_files(workspace.records, _STATE_FOLDER)
        return interrupted_filings(
            workspace.records,
            workspace.records / _STATE_FOLDER / "staging",
            [path for path in found if path not in known],
            Journalled(containers, replay.records, replay.intents),
        )


def _paths(intent: FilingIntent) -> Iterator[str]:
    yield from (path for path, _sha256 in intent.files)
    yield from (path for path, _before, _after in intent.containers)


def _settle(replay: Replay) -> Iterator[str]:
    """Mends what the replay could not know; says, a sentence each, what stays unknown."""
    yield from _cases_lost(replay)
    for entry in replay.documents.values():
        pages = tuple(
            page if page.source else page._replace(source=_name(replay, page.source_sha256))
            for page in entry.pages
        )
        replay.documents[entry.id] = replace(entry, pages=pages)
    for source in replay.sources.values():
        replay.sources[source.sha256] = replace(source, name=source.name or _name(replay, source.sha256))
        if source.state is SourceState.QUARANTINED and source.quarantine and not source.quarantine.message:
            yield _(
                "Why source %(id)s is in quarantine is known as “%(reason)s” only; its reason.json is gone."
            ) % {
                "id": source.sha256[:12],
                "reason": source.quarantine.reason,
            }
    for (sha256, page), why in replay.set_aside.items():
        if replay.evidence.set_aside(sha256, page, why) is None:
            yield _("Page %(page)d of source %(id)s was set aside; neither it nor its original is there.") % {
                "page": page,
                "id": sha256[:12],
            }
    for batch in replay.batches.values():
        if not batch.pipeline:
            yield _("By which pipeline batch %(id)s was read is not known any more.") % {"id": batch.id[:8]}


def _name(replay: Replay, sha256: str) -> str:
    return replay.names.get(sha256) or replay.evidence.name(sha256)


def _cases_lost(replay: Replay) -> Iterator[str]:
    """Documents that waited for a person and whose case is gone: their sources are to be read again."""
    waiting = [entry for entry in replay.documents.values() if entry.state is DocumentState.REVIEW]
    for entry in waiting:
        kept = replay.evidence.case(entry.id)
        if kept is not None and kept.waits:
            missing = [
                page.ref for page in kept.case.pages if not replay.evidence.original(page.ref.source_sha256)
            ]
            if missing:
                yield _(
                    "The original of %(source)s is gone; document %(id)s can be looked at, but not filed."
                ) % {
                    "source": missing[0].source,
                    "id": entry.id[:12],
                }
            continue
        sources = sorted(replay.sources_of(entry.id))
        replay.reopen_sources(sources)
        del replay.documents[entry.id]
        for sha256 in sources:
            replay.copies.pop((sha256, entry.id), None)
        originals = [str(replay.evidence.original(sha256) or sha256) for sha256 in sources]
        yield _(
            "Document %(id)s waited for review, but its case is gone; lay its file into an inbox again, where"
            " it is read anew: %(files)s."
        ) % {"id": entry.id[:12], "files": ", ".join(originals) or "–"}


def _contents(replay: Replay, under_way: Sequence[FilingIntent]) -> LedgerContents:
    return LedgerContents(
        batches=tuple(replay.batches.values()),
        sources=tuple(replay.sources.values()),
        documents=tuple(replay.documents.values()),
        copies=tuple(replay.copies),
        records=tuple(replay.records.values()),
        intents=(*replay.intents.values(), *((intent, IntentState.OPEN) for intent in under_way)),
        fingerprints=tuple(
            (entry.id, page)
            for entry in replay.documents.values()
            if is_live(entry)
            for page in replay.prints.get(entry.id, ())
        ),
    )


def _counts(contents: LedgerContents) -> dict[str, int]:
    return {
        "batches": len(contents.batches),
        "sources": len(contents.sources),
        "documents": len(contents.documents),
        "records": len(contents.records),
    }
