"""A watch: one line for each batch, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from dipro_scan.batch.result import RunResult
from dipro_scan.report.run import run_json
from dipro_scan.translation import _, number


def batch_json(inbox: Path, result: RunResult) -> dict[str, Any]:
    """The object of contracts §3, with the inbox whose batch it was."""
    return {**run_json(result), "inbox": str(inbox)}


def batch_line(inbox: Path, result: RunResult) -> str:
    """What became of a batch's pages."""
    return _(
        "%(inbox)s: %(scanned)d pages scanned: %(filed)d filed, %(review)d in review,"
        " %(duplicate)d duplicate, %(blank)d blank, %(separator)d separators,"
        " %(quarantined)d in quarantine; %(seconds)s seconds."
    ) % {"inbox": inbox, "seconds": number(result.seconds, 1), **asdict(result.balance)}
