"""Files → pages: what is claimed, what it is, and each page as it came.

`claim` finds and keeps sources, `outline` tells what a source is and how many pages it has, `pages`
opens one of them.
"""

from __future__ import annotations

from dipro_scan.intake.claim import Candidate, claim_source, find_candidates, release_source
from dipro_scan.intake.outline import outline_source
from dipro_scan.intake.pages import open_page

__all__ = [
    "Candidate",
    "claim_source",
    "find_candidates",
    "open_page",
    "outline_source",
    "release_source",
]
