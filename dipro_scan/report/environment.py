"""What `doctor` found."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dipro_scan.batch.finding import Finding
from dipro_scan.model.errors import ExitCode
from dipro_scan.translation import _, ngettext

_NAME_WIDTH = 21
_STATE_WIDTH = 13
_LINE_WIDTH = 110


def doctor_exit(findings: Sequence[Finding]) -> ExitCode:
    """8 where something needed is missing."""
    return ExitCode.ENVIRONMENT if _lacking(findings) else ExitCode.DONE


def doctor_json(findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "schema": 1,
        "exit": int(doctor_exit(findings)),
        "findings": [asdict(finding) for finding in findings],
    }


def doctor_text(findings: Sequence[Finding], *, brief: bool = False) -> str:
    """A line a part; under what is missing, the command that mends it; what is missing counted at the end.

    Libraries that are as they should be share a paragraph. `brief` leaves only what is needed and missing.
    """
    if brief:
        findings = _lacking(findings)
    lines: list[str] = []
    fine = [item for item in findings if item.group == "libraries" and item.present]
    for finding in findings:
        if finding not in fine:
            lines += _finding_lines(finding)
        elif finding is fine[0]:
            versions = ", ".join(f"{item.name} {item.detail}" for item in fine)
            lines += _row(_("Libraries"), _("present"), f"{len(fine)}: {versions}", wrapped=True)
    if not brief:
        lines += ["", _conclusion(len(_lacking(findings)))]
    return "\n".join(lines)


def _lacking(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.needed and not finding.present]


def _finding_lines(finding: Finding) -> list[str]:
    lines = _row(finding.name, _state(finding), finding.detail)
    if not finding.present and finding.remedy:
        lines.append(f"{'':<{_NAME_WIDTH}} → {finding.remedy}")
    return lines


def _state(finding: Finding) -> str:
    if finding.present:
        return _("present")
    if finding.needed:
        return _("MISSING")
    return _("note") if finding.group in ("folders", "machine") else _("not needed")


def _row(name: str, state: str, detail: str, *, wrapped: bool = False) -> list[str]:
    """Name, state and detail in columns. Only what nobody copies is wrapped."""
    width = _LINE_WIDTH - _NAME_WIDTH - _STATE_WIDTH if wrapped else 10_000
    first, *others = textwrap.wrap(detail, width, break_on_hyphens=False) or [""]
    indent = " " * (_NAME_WIDTH + _STATE_WIDTH + 2)
    return [
        f"{name:<{_NAME_WIDTH}} {state:<{_STATE_WIDTH}} {first}".rstrip(),
        *(indent + line for line in others),
    ]


def _conclusion(lacking: int) -> str:
    if not lacking:
        return _("Everything that is needed is here.")
    return ngettext(
        "%(count)d thing that is needed is missing; the line with → below it mends it.",
        "%(count)d things that are needed are missing; the line with → below each mends it.",
        lacking,
    ) % {"count": lacking}
