"""A run: the JSON object of the contracts, and the summary a clerk reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from pathlib import PurePosixPath
from typing import Any

from dipro_scan.batch.result import DocumentResult, RunResult
from dipro_scan.model import PageRef, urgency
from dipro_scan.report.deadlines import deadline_line, deadline_or_null, hint_line
from dipro_scan.report.left import left_lines, some_names
from dipro_scan.translation import _, ngettext, number

_NAMED_AT_MOST = 5


def run_json(result: RunResult) -> dict[str, Any]:
    """The object of contracts §3, with the counts of readings added."""
    return {
        "schema": 1,
        "batch": result.batch_id,
        "pipeline": result.pipeline,
        "exit": int(result.exit),
        "seconds": result.seconds,
        "dry_run": result.dry_run,
        "pages": asdict(result.balance),
        "sources": [
            {"source": item.source, "sha256": item.sha256, "pages": asdict(item.balance)}
            for item in result.sources
        ],
        "readings": {"made": result.readings_made, "cached": result.readings_cached},
        "waiting": result.waiting,
        "documents": [document_json(document) for document in result.documents],
        "set_aside": [
            {
                "source": item.ref.source,
                "source_page": item.ref.source_page,
                "why": item.why,
                "path": item.path,
            }
            for item in result.set_aside
        ],
        "quarantined": [
            {
                "source": item.source,
                "reason": item.reason,
                "message": item.message,
                "path": item.path,
                "pages": item.pages,
            }
            for item in result.quarantined
        ],
        "unreleased": list(result.unreleased),
        "ignored": list(result.ignored),
        "orphan_tickets": list(result.orphan_tickets),
        "unsettled": list(result.unsettled),
        "gone": list(result.gone),
        "halves": list(result.halves),
    }


def document_json(document: DocumentResult) -> dict[str, Any]:
    return {
        "id": document.id,
        "state": document.state,
        "pages": [
            entry for page in document.pages for entry in _shown_json(page, halved=page in document.spreads)
        ],
        "class": document.class_id,
        "confidence": round(document.confidence, 4),
        "aktenzeichen": document.aktenzeichen,
        "pdf": document.pdf,
        "metadata": document.metadata,
        "reasons": [reason.text for reason in document.reasons],
        "deadline": deadline_or_null(document.deadline),
    }


def _shown_json(page: PageRef, *, halved: bool) -> list[dict[str, Any]]:
    """A page as one entry, or as two for the halves of a spread (contracts §3)."""
    entry = page_json(page)
    return [{**entry, "part": part} for part in (1, 2)] if halved else [entry]


def page_json(page: PageRef) -> dict[str, Any]:
    return {
        "source": page.source,
        "source_sha256": page.source_sha256,
        "source_page": page.source_page,
    }


def run_text(result: RunResult, *, verbose: bool = False) -> str:
    """The closing summary: deadlines, what was filed where, the page balance, what waits and what to do.

    `verbose` names every file that is no scan; else more than a few are counted by their endings.
    """
    lines: list[str] = []
    if result.dry_run:
        lines.append(_("Rehearsal: nothing was filed."))
    lines += _deadline_lines(result)
    lines += [_document_line(document) for document in result.documents]
    for item in result.quarantined:
        lines.append(
            _("quarantine %(source)s: %(message)s") % {"source": item.source, "message": item.message}
        )
    for name in result.unreleased:
        lines.append(
            _("left in the inbox, because it changed meanwhile or may not be removed: %(name)s")
            % {"name": name}
        )
    for name in result.unsettled:
        lines.append(_("still being written, left for the next run: %(name)s") % {"name": name})
    for name in result.gone:
        lines.append(_("taken away before it could be read: %(name)s") % {"name": name})
    for name in result.halves:
        sentence = _("one side of a stack, left until the other side is scanned: %(name)s")
        lines.append(sentence % {"name": name})
    if result.ignored:
        lines.append(_ignored_line(result.ignored, verbose=verbose))
    lines += [""] if lines else []
    to_do = [*_to_do(result), *left_lines(result)]
    lines += [*_balance_lines(result), "", *(to_do or [_("Nothing is left to do.")])]
    return "\n".join(lines)


def run_warning(result: RunResult, *, goes_on: bool = False) -> str:
    """One line on what a person has to see to, for the mail that cron sends; empty where that is nothing.

    It names a few of the files, so that the mail tells whose paper it is about. Where the run `goes_on`, as a
    watch does, files that are left for later are taken up by themselves and not told.
    """
    lines = _to_do(result)
    if urgent := with_deadlines(result):
        lines.insert(0, _deadline_warning(urgent))
    names = [sources_text(item.pages) for item in result.documents if item.state == "review"]
    names += [item.source for item in result.quarantined]
    if result.unreleased:
        names += result.unreleased
        count = len(result.unreleased)
        lines.append(
            ngettext(
                "%(count)d file was left in the inbox, because it changed or may not be removed.",
                "%(count)d files were left in the inbox, because they changed or may not be removed.",
                count,
            )
            % {"count": count}
        )
    said = "; ".join(line.rstrip(".") for line in lines)
    if names:
        said += f" ({some_names(names, _NAMED_AT_MOST)})"
    left = left_lines(replace(result, unsettled=(), halves=()) if goes_on else result)
    return "; ".join(part for part in (said, *(line.rstrip(".") for line in left)) if part)


def with_deadlines(result: RunResult) -> list[DocumentResult]:
    """The documents of the run that have a deadline, the most urgent first; duplicates were told before."""
    found = [item for item in result.documents if item.deadline is not None and item.state != "duplicate"]
    return sorted(found, key=lambda item: urgency(item.deadline))


def _deadline_lines(result: RunResult) -> list[str]:
    lines = []
    for document in with_deadlines(result):
        if document.deadline is not None:
            values = {
                "deadline": deadline_line(document.deadline),
                "where": _whereabouts(document),
                "source": sources_text(document.pages),
            }
            lines.append(_("deadline   %(deadline)s – %(source)s → %(where)s") % values)
    return [*lines, hint_line(), ""] if lines else []


def _whereabouts(document: DocumentResult) -> str:
    """Where a document lies: its Akte if it is filed, else how to find it in review."""
    if document.state == "filed":
        return document.aktenzeichen or document.pdf or ""
    what = ", ".join(part for part in (document.class_id, document.aktenzeichen) if part)
    return _("review [%(id)s] %(what)s") % {"id": document.id[:12], "what": what}


def _deadline_warning(documents: list[DocumentResult]) -> str:
    days = [item.deadline.day for item in documents if item.deadline and item.deadline.day]
    count = len(documents)
    if not days:
        sentence = ngettext(
            "%(count)d document is to be looked at without delay.",
            "%(count)d documents are to be looked at without delay.",
            count,
        )
        return sentence % {"count": count}
    sentence = ngettext(
        "%(count)d document has a deadline: %(day)s.",
        "%(count)d documents have deadlines, the first on %(day)s.",
        count,
    )
    return sentence % {"count": count, "day": min(days).isoformat()}


def _ignored_line(names: tuple[str, ...], *, verbose: bool) -> str:
    if verbose or len(names) <= _NAMED_AT_MOST:
        return _("no scans, left alone: %(names)s") % {"names": ", ".join(names)}
    endings = Counter(PurePosixPath(name).suffix.lower() for name in names).most_common()
    parts = [f"{count} *{ending}" for ending, count in endings[:_NAMED_AT_MOST]]
    if others := sum(count for _ending, count in endings[_NAMED_AT_MOST:]):
        parts.append(_("%(count)d others") % {"count": others})
    return _("%(count)d files are no scans and were left alone: %(kinds)s (-v names them)") % {
        "count": len(names),
        "kinds": ", ".join(parts),
    }


def _document_line(document: DocumentResult) -> str:
    where = sources_text(document.pages)
    if document.state == "filed":
        return _("filed      %(where)s → %(path)s") % {
            "where": where,
            "path": document.pdf or document.aktenzeichen or "",
        }
    if document.state == "duplicate":
        return _("duplicate  %(where)s: known before as %(id)s") % {"where": where, "id": document.id[:12]}
    why = document.reasons[0].text if document.reasons else ""
    return _("review     %(where)s [%(id)s]: %(why)s") % {"where": where, "id": document.id[:12], "why": why}


def sources_text(pages: tuple[PageRef, ...]) -> str:
    """`stapel.pdf 1–3`, for any pages in order."""
    if not pages:
        return "–"
    first, last = pages[0], pages[-1]
    if first.source != last.source:
        return f"{first.source} {first.source_page} … {last.source} {last.source_page}"
    if first.source_page == last.source_page:
        return f"{first.source} {first.source_page}"
    return f"{first.source} {first.source_page}–{last.source_page}"


def _balance_lines(result: RunResult) -> list[str]:
    balance = result.balance
    rows = [
        (_("Pages scanned"), balance.scanned),
        (_("filed"), balance.filed),
        (_("in review"), balance.review),
        (_("duplicate"), balance.duplicate),
        (_("blank, set aside"), balance.blank),
        (_("separators, set aside"), balance.separator),
        (_("in quarantine"), balance.quarantined),
    ]
    width = max(len(name) for name, _count in rows) + 2
    lines = [
        f"{name:<{width}}{count:>7}" if number == 0 else f"  {name:<{width - 2}}{count:>7}"
        for number, (name, count) in enumerate(rows)
    ]
    speed = result.readings_made / result.seconds if result.seconds else 0.0
    lines.append(
        _("%(seconds)s seconds, %(speed)s pages a second; %(made)d pages read, %(cached)d known.")
        % {
            "seconds": number(result.seconds, 1),
            "speed": number(speed, 2),
            "made": result.readings_made,
            "cached": result.readings_cached,
        }
    )
    return lines


def _to_do(result: RunResult) -> list[str]:
    """What a person has to see to, a sentence each; empty where that is nothing."""
    lines = []
    if result.dry_run and result.waiting:
        lines.append(
            ngettext(
                "%(count)d document would wait for a person.",
                "%(count)d documents would wait for a person.",
                result.waiting,
            )
            % {"count": result.waiting}
        )
    elif result.waiting:
        lines.append(
            ngettext(
                "%(count)d document waits for a person: dipro-scan review list",
                "%(count)d documents wait for a person: dipro-scan review list",
                result.waiting,
            )
            % {"count": result.waiting}
        )
    if result.quarantined:
        count = len(result.quarantined)
        lines.append(
            ngettext(
                "%(count)d source could not be read: dipro-scan quarantine list",
                "%(count)d sources could not be read: dipro-scan quarantine list",
                count,
            )
            % {"count": count}
        )
    return lines
