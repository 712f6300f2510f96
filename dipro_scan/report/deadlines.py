"""Deadlines, told so that nobody overlooks them: first, and the earliest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dipro_scan.batch.said import deadline_json
from dipro_scan.model import Deadline
from dipro_scan.translation import _

_WORDS_SHOWN = 100


def deadline_or_null(deadline: Deadline | None) -> dict[str, Any] | None:
    """The object `deadline` of documents, null where there is none."""
    return deadline_json(deadline) if deadline is not None else None


def day_text(deadline: Deadline) -> str:
    """The day, or what there is to say instead of one."""
    if deadline.day is not None:
        return deadline.day.isoformat()
    return _("at once")


def basis_text(deadline: Deadline) -> str:
    """Where the day comes from, in a few words."""
    if deadline.basis == "stated":
        return _("named on page %(page)d") % {"page": deadline.page}
    if deadline.basis == "receipt":
        return _("counted from the day of receipt, page %(page)d") % {"page": deadline.page}
    return _("a legal remedy")


def quoted(deadline: Deadline) -> str:
    """The words of the page, shortened."""
    text = " ".join(deadline.text.split())
    return text if len(text) <= _WORDS_SHOWN else f"{text[: _WORDS_SHOWN - 1]}…"


def deadline_line(deadline: Deadline) -> str:
    """`2026-12-15 (named on page 1): “…”`"""
    values = {"day": day_text(deadline), "basis": basis_text(deadline), "words": quoted(deadline)}
    return _("%(day)s (%(basis)s): “%(words)s”") % values


def hint_line() -> str:
    """What the days are worth."""
    return _(
        "Deadlines are hints: look at the paper. Public holidays and the day of service are not known here."
    )


def deadline_of(deadlines: Mapping[str, Deadline] | None, document_id: str) -> Deadline | None:
    return deadlines.get(document_id) if deadlines else None
