"""How the store stands."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dipro_scan.batch.status import Status
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
        "disk_free_bytes": status.disk_free_bytes,
        "journal": {"number": head.number, "sha256": head.sha256, "time": head.time.isoformat()}
        if head
        else None,
    }


def status_text(status: Status) -> str:
    lines = [
        _("Filed: %(filed)d   In review: %(review)d   In quarantine: %(quarantine)d")
        % {"filed": status.filed, "review": status.in_review, "quarantine": status.in_quarantine}
    ]
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
