"""What a person mended in review, and what lies aside and may be put back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dipro_scan.batch.correcting import Mended
from dipro_scan.batch.restoring import Restorable
from dipro_scan.report.run import document_json, page_json, sources_text
from dipro_scan.translation import _


def mended_json(mended: Mended) -> dict[str, Any]:
    return {
        "schema": 1,
        "exit": 0,
        "event": mended.event,
        "superseded": list(mended.superseded),
        "documents": [document_json(document) for document in mended.documents],
        "restored": [page_json(page) for page in mended.restored],
    }


def mended_text(mended: Mended) -> str:
    """A line a document that came of it, and what to do next."""
    lines = []
    for document in mended.documents:
        where = {"id": document.id[:12], "where": sources_text(document.pages)}
        if document.state == "duplicate":
            lines.append(_("%(where)s: known before as %(id)s; not kept a second time.") % where)
        elif document.state == "filed":
            lines.append(_("%(id)s  %(where)s: filed since.") % where)
        else:
            name = document.class_id or _("no class yet")
            lines.append(_("%(id)s  %(where)s: waits for review (%(class)s).") % {**where, "class": name})
    lines.append(_("Look: review show ID. File: review accept ID."))
    return "\n".join(lines)


def restorable_json(pages: Sequence[Restorable], shown: Callable[[Any], str]) -> dict[str, Any]:
    """`shown` gives a path as people and programs get it."""
    return {
        "schema": 1,
        "set_aside": [
            {
                **page_json(page.ref),
                "why": page.side.why,
                "reason": page.side.reason,
                "path": shown(page.side.pdf or page.side.page.input.path),
                "document": page.document.id if page.document else None,
                "state": page.document.state if page.document else None,
            }
            for page in pages
        ],
    }


def restorable_text(pages: Sequence[Restorable], shown: Callable[[Any], str]) -> str:
    """A paragraph a page: where it lay, why it was set aside, where its PDF lies."""
    if not pages:
        return _("Nothing lies aside.")
    lines = []
    for page in pages:
        near = page.document.id[:12] if page.document else "–"
        lines.append(f"{near:<12}  {page.side.reason}")
        lines.append(f"{'':<12}  {shown(page.side.pdf or page.side.page.input.path)}")
        lines.append(f"{'':<12}  " + _("Source: %(sha256)s") % {"sha256": page.ref.source_sha256[:12]})
    lines.append(
        _("Put back: restore ID [--page N] (the document it lay beside), or restore SOURCE (on their own).")
    )
    return "\n".join(lines)
