"""Documents whose PDF comes back from a worker: whether it is sound, and what became of the document."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from dipro_scan.batch.assembly import AssembledPdf
from dipro_scan.batch.events import tell_failure
from dipro_scan.batch.filing import Prepared
from dipro_scan.ledger import DocumentEntry, DocumentState
from dipro_scan.model import Action, Decision, DiproScanError, Reason, Record
from dipro_scan.translation import _


def checked(prepared: Prepared) -> tuple[Prepared, AssembledPdf | None]:
    """The document with its finished PDF; held for a person where the PDF failed or is no PDF/A."""
    try:
        made = prepared.pdf.result()
    except DiproScanError:
        raise
    except Exception as error:
        tell_failure("pdf_failed", error, {"document": prepared.document.id})
        sentence = _("Its PDF/A could not be made: %(error)s.") % {"error": type(error).__name__}
        reason = Reason("pdf_failed", sentence)
        return replace(prepared, decision=held_back(prepared.decision, [reason])), None
    if made.violations:
        first = made.violations[0].rstrip(".")
        sentence = _("Its PDF does not keep the rules of PDF/A: %(first)s.") % {"first": first}
        reason = Reason("pdfa_failed", sentence)
        return replace(prepared, decision=held_back(prepared.decision, [reason])), made
    return prepared, made


def sound_pdf(future: Future[AssembledPdf]) -> Path | None:
    """The finished PDF, None where it could not be made or is no PDF/A."""
    try:
        made = future.result()
    except DiproScanError:
        raise
    except Exception as error:
        tell_failure("side_page_failed", error, {})
        return None
    return None if made.violations else made.path


def held_back(decision: Decision, reasons: Sequence[Reason]) -> Decision:
    """The decision, turned into asking a person, the new reasons first."""
    return replace(decision, action=Action.REVIEW, reasons=(*reasons, *decision.reasons))


def filed_entry(prepared: Prepared, record: Record, batch_id: str) -> DocumentEntry:
    """A filed document as the ledger knows it."""
    decision = prepared.decision
    return DocumentEntry(
        id=record.document_id,
        state=DocumentState.FILED,
        batch_id=batch_id,
        pages=tuple(page.ref for page in prepared.document.pages),
        class_id=record.class_id,
        confidence=decision.classification.confidence,
        aktenzeichen=record.aktenzeichen,
        pdf=record.pdf,
        metadata=record.metadata,
        reasons=decision.reasons,
    )
