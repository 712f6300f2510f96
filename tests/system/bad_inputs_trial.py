"""One trial: bad papers and good ones in one inbox, carried through a run; what must hold of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bad_papers import BadPaper
from system_office import Office, draw_page, write_pipeline

from dipro_scan.intake.candidates import find_candidates, printable_name

GOOD = 4
_LIMITS = {"inbox": {"settle_seconds": 0}, "intake": {"open_seconds": 20.0, "max_pages": 1000}}


@dataclass(frozen=True, slots=True)
class BadTrial:
    """`problems` are what should not be; `reasons` count what was said of the sources in quarantine."""

    code: int
    files: int
    seconds: float
    pages: dict[str, int]
    reasons: dict[str, int]
    problems: tuple[str, ...]


def carried(
    office: Office, papers: Sequence[BadPaper], extra: Sequence[Path], limit_seconds: float
) -> BadTrial:
    """Lays `papers`, copies of `extra` and a few good files into the inbox and runs.

    `limit_seconds` is the time that no run may take longer than.
    """
    write_pipeline(office.pipelines, "recorded", {"count_file": None}, **_LIMITS)
    good = [draw_page(office.inbox / f"gut-{number}.png", 9000 + number).name for number in range(GOOD)]
    for paper in papers:
        paper.lay(office.inbox)
        if paper.good:
            good.append(printable_name(paper.name.decode("utf-8", "surrogateescape")))
    for path in extra:
        (office.inbox / "bad").mkdir(exist_ok=True)
        (office.inbox / "bad" / path.name).write_bytes(path.read_bytes())
    named = [candidate.name for candidate in find_candidates([office.inbox])]
    started = time.monotonic()
    outcome = office.run("--consume", timeout=limit_seconds)
    seconds = time.monotonic() - started
    if outcome.code not in (3, 4):
        problem = f"exit {outcome.code}: {outcome.stderr[-400:]}"
        return BadTrial(outcome.code, len(named), seconds, {}, {}, (problem,))
    summary = outcome.json
    reasons = Counter(item["reason"] for item in summary["quarantined"])
    problems = _problems(office, summary, named, good)
    return BadTrial(
        outcome.code, len(named), seconds, summary["pages"], dict(sorted(reasons.items())), tuple(problems)
    )


def _problems(office: Office, summary: dict[str, Any], named: list[str], good: list[str]) -> list[str]:
    pages = dict(summary["pages"])
    problems = []
    if pages.pop("scanned") != sum(pages.values()):
        problems.append(f"the balance does not add up: {summary['pages']}")
    told = {page["source"] for document in summary["documents"] for page in document["pages"]}
    told |= {page["source"] for page in summary["set_aside"]}
    told |= {item["source"] for item in summary["quarantined"]}
    if lost := sorted(set(named) - told):
        problems.append(f"not accounted for: {lost}")
    filed = {
        page["source"]
        for document in summary["documents"]
        if document["state"] == "filed"
        for page in document["pages"]
    }
    if unfiled := sorted(set(good) - filed):
        problems.append(f"good, but not filed: {unfiled}")
    left = sorted({candidate.name for candidate in find_candidates([office.inbox])} & set(good))
    if left:
        problems.append(f"good, but left in the inbox: {left}")
    verified = office.command("verify", "--json", *office.shared)
    if verified.code != 0:
        problems.append(f"verify: {verified.code} {verified.stdout[-400:]}")
    return problems
