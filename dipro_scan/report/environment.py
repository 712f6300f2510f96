"""What `doctor` found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dipro_scan.batch.doctor import Finding
from dipro_scan.translation import _


def doctor_json(findings: Sequence[Finding]) -> dict[str, Any]:
    return {"schema": 1, "findings": [asdict(finding) for finding in findings]}


def doctor_text(findings: Sequence[Finding]) -> str:
    """A line a part; under what is missing, the command that mends it."""
    lines = []
    for finding in findings:
        state = _("present") if finding.present else (_("MISSING") if finding.needed else _("not installed"))
        lines.append(f"{finding.name:<20} {state:<16} {finding.detail}")
        if not finding.present and finding.remedy:
            lines.append(f"{'':<20} → {finding.remedy}")
    return "\n".join(lines)
