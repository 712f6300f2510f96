"""What a store without a ledger still tells: metadata beside the records, cases, reasons of quarantine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dipro_scan.batch.fingerprints import prints_in
from dipro_scan.batch.review_case import ReviewCase, whole_case
from dipro_scan.batch.workspace import Workspace
from dipro_scan.ledger import PagePrint
from dipro_scan.model import PageRef, Quarantined, QuarantineReason, Reason, Record
from dipro_scan.records import durable


@dataclass(frozen=True, slots=True)
class FiledFacts:
    """What the metadata of a record tells that the journal does not. `pipeline` may be unknown."""

    batch_id: str
    pipeline: str | None
    pages: tuple[PageRef, ...]
    confidence: float
    reasons: tuple[Reason, ...]
    prints: tuple[PagePrint, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptCase:
    """A case in the review folder, or among the rejected ones, and whether a preview lies beside it."""

    case: ReviewCase
    has_pdf: bool
    waits: bool


class Evidence:
    """Reads a store's files; what is missing, changed or none of ours is None."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def filed(self, record: Record) -> FiledFacts | None:
        """The facts of a record whose metadata is, byte for byte, what was journalled."""
        path = self.workspace.records / record.metadata
        try:
            data = path.read_bytes()
            if durable.hash_bytes(data) != record.metadata_sha256:
                return None
            return _filed_facts(json.loads(data))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def case(self, document_id: str) -> KeptCase | None:
        """The case of a document, waiting or rejected."""
        folders = (self.workspace.review(document_id), self.workspace.rejected(document_id))
        for folder in folders:
            try:
                case = whole_case(json.loads((folder / "case.json").read_text(encoding="utf-8")))
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                continue
            if case.document_id == document_id:
                return KeptCase(case, (folder / "document.pdf").is_file(), folder == folders[0])
        return None

    def quarantined(self, sha256: str) -> Quarantined | None:
        """Why a source was put into quarantine, as it was told then."""
        folder = self.workspace.quarantine(sha256)
        try:
            data = json.loads((folder / "reason.json").read_text(encoding="utf-8"))
            if data["source_sha256"] != sha256:
                return None
            path = data["path"] if "file" not in data else self.workspace.shown(folder / data["file"])
            return Quarantined(
                source=str(data["source"]),
                source_sha256=sha256,
                reason=QuarantineReason(data["reason"]),
                message=str(data["message"]),
                path=path,
                pages=data["pages"],
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def name(self, sha256: str) -> str:
        """A source's name as what is set aside of it tells it, else that of its kept copy, else its hash."""
        path = self.workspace.set_aside(sha256) / "pages.json"
        try:
            return str(json.loads(path.read_text(encoding="utf-8"))["source"]["name"])
        except (OSError, ValueError, KeyError, TypeError):
            kept = self.original(sha256)
            return kept.name if kept else sha256

    def original(self, sha256: str) -> Path | None:
        """The kept copy of a source."""
        folder = self.workspace.originals / sha256[:2]
        return next((path for path in sorted(folder.glob(f"{sha256}*")) if path.is_file()), None)

    def set_aside(self, sha256: str, page: int, why: str) -> Path | None:
        """The PDF of a page set aside, or the original that holds it."""
        path = self.workspace.set_aside(sha256) / f"{page:04d}_{why}.pdf"
        return path if path.is_file() else self.original(sha256)


def _filed_facts(data: dict[str, Any]) -> FiledFacts:
    reasons = tuple(Reason(str(item["code"]), str(item["text"])) for item in data["reasons"])
    decisive = data["decision"].get("reasons")
    # Of the two halves of a spread the first stands for the page.
    pages = [page for page in data["pages"] if page.get("part") != 2]
    return FiledFacts(
        batch_id=str(data["transfer_note"]["stapel"]["id"]),
        pipeline=data.get("pipeline"),
        pages=tuple(
            PageRef(page["source_sha256"], page["source"], int(page["source_page"])) for page in pages
        ),
        confidence=float(data["confidence"]),
        reasons=last_reasons(reasons, decisive),
        prints=tuple(prints_in(pages)),
    )


def last_reasons(reasons: tuple[Reason, ...], count: int | None) -> tuple[Reason, ...]:
    """Those of the decision itself, which stand last; all, where their number was not written down."""
    return reasons if count is None else reasons[max(0, len(reasons) - count) :]
