"""What leaves the inbox, now that everything in it is on disk."""

from __future__ import annotations

from pathlib import Path

from dipro_scan.batch.claiming import Claim
from dipro_scan.intake.claim import release_source


def release(claim: Claim) -> tuple[str, ...]:
    """Takes the sources of `claim` out of the inbox; names those that stay, because they changed meanwhile.

    A ticket goes after the last of its scans: nothing that it tells is needed any more. One that an earlier
    run could not release after its scans goes first.
    """
    released: set[Path] = set()
    alone = [ticket.source for ticket in claim.tickets if not ticket.scans]
    waiting = [ticket for ticket in claim.tickets if ticket.complete and ticket.scans]
    kept = [ticket.name for ticket in alone if not release_source(ticket)]
    for source in claim.batch.sources:
        if not release_source(source):
            kept.append(source.name)
            continue
        released.add(source.path)
        done = [ticket for ticket in waiting if ticket.scans <= released]
        kept += [ticket.source.name for ticket in done if not release_source(ticket.source)]
        waiting = [ticket for ticket in waiting if ticket not in done]
    return tuple(kept)
