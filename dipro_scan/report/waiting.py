"""What waits for a person: documents in review, sources in quarantine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dipro_scan.batch.review import ReviewCase
from dipro_scan.ledger import DocumentEntry, SourceEntry
from dipro_scan.model import Deadline, IndexValues, urgency
from dipro_scan.report.deadlines import deadline_line, deadline_of, deadline_or_null
from dipro_scan.report.run import page_json, sources_text
from dipro_scan.translation import _, number


def review_json(
    entries: Sequence[DocumentEntry], deadlines: Mapping[str, Deadline] | None = None
) -> dict[str, Any]:
    """Every document that waits, the most urgent first. `deadlines`: by document id."""
    entries = _most_urgent_first(entries, deadlines)
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
                "deadline": deadline_or_null(deadline_of(deadlines, entry.id)),
            }
            for entry in entries
        ],
    }


def review_text(entries: Sequence[DocumentEntry], deadlines: Mapping[str, Deadline] | None = None) -> str:
    """A line a document, the most urgent first, and the commands that decide it."""
    if not entries:
        return _("Nothing waits for review.")
    lines = []
    for entry in _most_urgent_first(entries, deadlines):
        deadline = deadline_of(deadlines, entry.id)
        about = [reason.text for reason in entry.reasons]
        if deadline is not None:
            about.insert(0, _("Deadline: %(deadline)s") % {"deadline": deadline_line(deadline)})
        lines.append(
            f"{entry.id[:12]}  {entry.class_id or '–':<20}  {sources_text(entry.pages)}\n"
            + "\n".join(f"              {line}" for line in about)
        )
    lines.append(
        _(
            "Look: review show ID. File: review accept ID [--class …] [--aktenzeichen …]."
            " Refuse: review reject ID --reason TEXT."
        )
    )
    return "\n".join(lines)


def _most_urgent_first(
    entries: Sequence[DocumentEntry], deadlines: Mapping[str, Deadline] | None
) -> list[DocumentEntry]:
    return sorted(entries, key=lambda entry: urgency(deadline_of(deadlines, entry.id)))


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
    for deadline in case.deadlines:
        lines.append(_("Deadline: %(deadline)s") % {"deadline": deadline_line(deadline)})
    lines += [f"  {_voice_line(voice)}" for voice in case.index]
    lines += [f"  {name}: {field.value}" for name, field in case.fields.items()]
    lines += [f"  – {reason['text']}" for reason in case.reasons]
    return "\n".join(lines)


def _voice_line(voice: IndexValues) -> str:
    """What one voice said, as it was given."""
    from dipro_scan.classify import voice_name

    pages = str(voice.pages) if voice.pages is not None else None
    given = {
        _("class"): voice.class_id,
        _("Aktenzeichen"): voice.aktenzeichen,
        _("pages"): pages,
        "Schutzbedarf": voice.schutzbedarf,
        _("operator"): voice.operator,
        _("station"): voice.station,
        **voice.fields,
    }
    said = ", ".join(f"{name} {value}" for name, value in given.items() if value)
    return f"{voice_name(voice)}: {said or '–'}"


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
