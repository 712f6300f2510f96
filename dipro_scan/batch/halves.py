"""One side of a stack while the other is still being scanned: its file is left in the inbox for a while."""

from __future__ import annotations

from dataclasses import replace

from dipro_scan.batch.claiming import Claim, claim_of
from dipro_scan.batch.pipelines import Pipelines, part_of, pipelines_of
from dipro_scan.batch.segments import Claimed, halves_in
from dipro_scan.intake.stability import Look
from dipro_scan.model import Source
from dipro_scan.settings import CollationSettings


def leave_halves(claim: Claim, pipelines: Pipelines, now_seconds: float) -> Claim:
    """The claim without the halves of stacks that came a short while ago; these are named in `halves`.

    `now_seconds` are those since 1970, by the clock on the wall, whatever time a run is told to write down.
    A half that has lain for the time that its pipeline says stays in the claim: it goes to review. Where
    files pair by their order and one of them is still being written or was taken away, all of them are left.
    """
    disturbed = bool(claim.unsettled or claim.gone)
    left: set[int] = set()
    for name in pipelines_of(claim.batch.sources):
        settings = pipelines.named(name).pipeline.collation
        left |= {id(item) for item in _left(part_of(claim, name), settings, now_seconds, disturbed=disturbed)}
    if not left:
        return claim
    rest = claim_of([item for item in claim.sequence if id(item) not in left], claim.batch.pipeline)
    names = tuple(source.name for source in claim.batch.sources if id(source) in left)
    return replace(claim, batch=rest.batch, sequence=rest.sequence, halves=names)


def _left(
    part: tuple[Claimed, ...], settings: CollationSettings, now_seconds: float, *, disturbed: bool
) -> list[Source]:
    """The sources of one pipeline that wait for the other side."""
    if settings.mode == "none":
        return []
    by_order = settings.pairing == "stations"
    if by_order and disturbed:
        return [item for item in part if isinstance(item, Source)]
    halves = halves_in(part, settings)
    young = [source for source in halves if _minutes_old(source, now_seconds) < settings.wait_minutes]
    # Files whose pairs cannot be told wait together: the one to come may belong to any of them.
    return halves if by_order and young else young


def _minutes_old(source: Source, now_seconds: float) -> float:
    """Since the file last changed, as it lies in the inbox; copying sets the time of its content back."""
    look = Look.at(source.path)
    return (now_seconds - look.changed_ns / 1e9) / 60 if look is not None else 0.0
