"""What waits for a person: documents in review, sources in quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dipro_scan.batch.review import ReviewCase
from dipro_scan.ledger import DocumentEntry, SourceEntry
from dipro_scan.report.run import page_json, sources_text
from dipro_scan.translation import _, number


def review_json(entries: Sequence[DocumentEntry]) -> dict[str, Any]:
    return {
        "schema": 1,
        "documents": [
            {
                "id": entry.id,
                "pages": [page_json(page) for page in entry.pages],
                "class": entry.class_id,
                "confidence": round(entry.confidence, 4),
                "aktenzeichen": entry.aktenzeichen,
                "pdf": entry.pdf,
                "metadata": entry.metadata,
                "reasons": [reason.text for reason in entry.reasons],
            }
            for entry in entries
        ],
    }


def review_text(entries: Sequence[DocumentEntry]) -> str:
    """A line a document, and the commands that decide it."""
    if not entries:
        return _("Nothing waits for review.")
    lines = [
        f"{entry.id[:12]}  {entry.class_id or '–':<20}  {sources_text(entry.pages)}\n"
        + "\n".join(f"              {reason.text}" for reason in entry.reasons)
        for entry in entries
    ]
    lines.append(
        _(
            "Look: review show ID. File: review accept ID [--class …] [--aktenzeichen …]."
            " Refuse: review reject ID --reason TEXT."
        )
    )
    return "\n".join(lines)


def case_text(case: ReviewCase, pdf: str | None) -> str:
    """One document in review: what it seems to be, what was read, why it waits, where its PDF lies."""
    place = case.place
    lines = [
        _("Document %(id)s") % {"id": case.document_id},
        _("Pages: %(pages)s") % {"pages": sources_text(tuple(page.ref for page in case.pages))},
        _("PDF: %(path)s") % {"path": pdf or "–"},
        _("Class: %(name)s (%(confidence)s)")
        % {"name": case.class_id or "–", "confidence": number(case.confidence, 2)},
        _("Aktenzeichen: %(number)s") % {"number": place.aktenzeichen if place else "–"},
        _("Date: %(date)s") % {"date": case.date.isoformat()},
    ]
    lines += [f"  {name}: {field.value}" for name, field in case.fields.items()]
    lines += [f"  – {reason['text']}" for reason in case.reasons]
    return "\n".join(lines)


def quarantine_json(entries: Sequence[SourceEntry]) -> dict[str, Any]:
    return {
        "schema": 1,
        "quarantined": [
            {
                "id": entry.sha256,
                "source": entry.name,
                "reason": entry.quarantine.reason if entry.quarantine else None,
                "message": entry.quarantine.message if entry.quarantine else None,
                "path": entry.quarantine.path if entry.quarantine else None,
                "pages": entry.quarantine.pages if entry.quarantine else None,
            }
            for entry in entries
        ],
    }


def quarantine_text(entries: Sequence[SourceEntry]) -> str:
    """A line a source, and the commands that decide it."""
    if not entries:
        return _("The quarantine is empty.")
    lines = [
        f"{entry.sha256[:12]}  {entry.quarantine.reason if entry.quarantine else '':<12}  {entry.name}\n"
        f"              {entry.quarantine.message if entry.quarantine else ''}"
        for entry in entries
    ]
    lines.append(_("Try again: quarantine retry ID. Not needed: quarantine discard ID --reason TEXT."))
    return "\n".join(lines)
