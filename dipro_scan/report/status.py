"""How the store stands."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dipro_scan.batch.said import deadline_json
from dipro_scan.batch.status import Status, WaitingDeadline
from dipro_scan.report.deadlines import deadline_line
from dipro_scan.translation import _, number


def status_json(status: Status) -> dict[str, Any]:
    head = status.journal_head
    return {
        "schema": 1,
        "runs": [
            {
                "batch": run.id,
                "pipeline": run.pipeline,
                "started": run.started.isoformat(),
                "finished": run.finished.isoformat() if run.finished else None,
                "exit": run.exit_code,
                "pages": asdict(run.balance) if run.balance else None,
            }
            for run in status.runs
        ],
        "locks": [asdict(holder) for holder in status.holders],
        "filed": status.filed,
        "in_review": status.in_review,
        "in_quarantine": status.in_quarantine,
        "oldest_deadline": _deadline_json(status.oldest_deadline),
        "disk_free_bytes": status.disk_free_bytes,
        "journal": {"number": head.number, "sha256": head.sha256, "time": head.time.isoformat()}
        if head
        else None,
    }


def _deadline_json(waiting: WaitingDeadline | None) -> dict[str, Any] | None:
    if waiting is None:
        return None
    document = waiting.document
    return {
        **deadline_json(waiting.deadline),
        "document": document.id,
        "class": document.class_id,
        "aktenzeichen": document.aktenzeichen,
    }


def status_text(status: Status) -> str:
    lines = [
        _("Filed: %(filed)d   In review: %(review)d   In quarantine: %(quarantine)d")
        % {"filed": status.filed, "review": status.in_review, "quarantine": status.in_quarantine}
    ]
    if status.oldest_deadline is not None:
        waiting = status.oldest_deadline
        values = {"deadline": deadline_line(waiting.deadline), "id": waiting.document.id[:12]}
        lines.append(_("Oldest deadline in review: %(deadline)s [%(id)s]") % values)
    for run in status.runs:
        finished = run.finished.isoformat() if run.finished else _("not finished")
        pages = run.balance.scanned if run.balance else 0
        lines.append(
            _("Run %(id)s (%(pipeline)s): %(started)s – %(finished)s, exit %(code)s, %(pages)d pages")
            % {
                "id": run.id[:8],
                "pipeline": run.pipeline,
                "started": run.started.isoformat(),
                "finished": finished,
                "code": "–" if run.exit_code is None else run.exit_code,
                "pages": pages,
            }
        )
    for holder in status.holders:
        lines.append(
            _("Process %(pid)d on %(host)s holds %(inbox)s since %(since)s.")
            % {"pid": holder.pid, "host": holder.host, "inbox": holder.inbox, "since": holder.since}
        )
    for folder, free in status.disk_free_bytes.items():
        lines.append(
            _("Free room in %(folder)s: %(gigabytes)s GB")
            % {"folder": folder, "gigabytes": number(free / 1e9, 1)}
        )
    if status.journal_head:
        head = status.journal_head
        lines.append(
            _("Journal: line %(number)d, %(sha256)s") % {"number": head.number, "sha256": head.sha256}
        )
    return "\n".join(lines)
