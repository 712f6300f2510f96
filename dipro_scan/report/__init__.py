"""What happened, for people and for programs."""

from __future__ import annotations

from dipro_scan.report.environment import doctor_json, doctor_text
from dipro_scan.report.inspection import inspection_json, inspection_text
from dipro_scan.report.run import run_json, run_text
from dipro_scan.report.status import status_json, status_text
from dipro_scan.report.waiting import case_text, quarantine_json, quarantine_text, review_json, review_text

__all__ = [
    "case_text",
    "doctor_json",
    "doctor_text",
    "inspection_json",
    "inspection_text",
    "quarantine_json",
    "quarantine_text",
    "review_json",
    "review_text",
    "run_json",
    "run_text",
    "status_json",
    "status_text",
]
