"""What happened, for people and for programs.

Names are fetched when asked for, so that a command loads only what it reports on.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dipro_scan.report.environment import doctor_exit, doctor_json, doctor_text
    from dipro_scan.report.inspection import inspection_json, inspection_text
    from dipro_scan.report.mending import mended_json, mended_text, restorable_json, restorable_text
    from dipro_scan.report.run import run_json, run_text, run_warning
    from dipro_scan.report.status import status_json, status_text
    from dipro_scan.report.waiting import (
        case_text,
        quarantine_json,
        quarantine_text,
        review_json,
        review_text,
    )

_HOMES = {
    "case_text": "waiting",
    "doctor_exit": "environment",
    "doctor_json": "environment",
    "doctor_text": "environment",
    "inspection_json": "inspection",
    "inspection_text": "inspection",
    "mended_json": "mending",
    "mended_text": "mending",
    "quarantine_json": "waiting",
    "quarantine_text": "waiting",
    "restorable_json": "mending",
    "restorable_text": "mending",
    "review_json": "waiting",
    "review_text": "waiting",
    "run_json": "run",
    "run_text": "run",
    "run_warning": "run",
    "status_json": "status",
    "status_text": "status",
}

__all__ = [
    "case_text",
    "doctor_exit",
    "doctor_json",
    "doctor_text",
    "inspection_json",
    "inspection_text",
    "mended_json",
    "mended_text",
    "quarantine_json",
    "quarantine_text",
    "restorable_json",
    "restorable_text",
    "review_json",
    "review_text",
    "run_json",
    "run_text",
    "run_warning",
    "status_json",
    "status_text",
]


def __getattr__(name: str) -> Any:
    try:
        home = _HOMES[name]
    except KeyError as error:
        raise AttributeError(name) from error
    return getattr(import_module(f"dipro_scan.report.{home}"), name)
