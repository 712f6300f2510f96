"""The pipelines of one run: its own, and those that tickets and folders name for their scans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from dipro_scan.batch.claiming import Claim
from dipro_scan.batch.segments import Claimed, in_stack_order
from dipro_scan.model import DiproScanError, Quarantined, Source
from dipro_scan.settings import Configuration


class Pipelines:
    """Configurations by name; others than the run's own are loaded when they are first asked for.

    Everywhere here None stands for the run's own pipeline.
    """

    def __init__(self, own: Configuration, load: Callable[[str], Configuration]) -> None:
        self._loaded: dict[str | None, Configuration] = {None: own, own.pipeline.name: own}
        self._load = load

    def named(self, name: str | None) -> Configuration:
        """Raises UsageProblem and SettingsError, as loading does."""
        if name not in self._loaded:
            self._loaded[name] = self._load(name or "")
        return self._loaded[name]

    def knows(self, name: str) -> bool:
        """Whether there is such a pipeline and its settings are right."""
        try:
            self.named(name)
        except DiproScanError:
            return False
        return True


def pipelines_of(sources: Iterable[Source]) -> list[str | None]:
    """The pipelines of `sources`, each once, the run's own first, then as they first come."""
    found = dict.fromkeys(source.pipeline for source in sources)
    return sorted(found, key=lambda name: name is not None)


def part_of(claim: Claim, pipeline: str | None) -> tuple[Claimed, ...]:
    """What a pipeline reads of the batch, and the refused files that it would have read; order kept."""
    return tuple(
        item
        for item in claim.sequence
        if pipeline
        == (
            claim.refused_pipelines.get(item.source_sha256 or "")
            if isinstance(item, Quarantined)
            else item.pipeline
        )
    )


def stacked(sources: Sequence[Source], pipelines: Pipelines) -> list[Source]:
    """`sources` as they lie in the stack: those of each pipeline in its order, in the places they had."""
    ordered = list(sources)
    for name in pipelines_of(sources):
        places = [at for at, source in enumerate(sources) if source.pipeline == name]
        collation = pipelines.named(name).pipeline.collation
        turned = in_stack_order([sources[at] for at in places], collation)
        for at, source in zip(places, turned, strict=True):
            ordered[at] = source
    return ordered
