"""Is everything here that a run needs? Each part by name, and the command that mends it.

Only the parts that look into a room import it, so that a library that is missing there is found, not met.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dipro_scan.batch.configuring import load_configuration
from dipro_scan.batch.doctor_libraries import library_findings, optional_findings, program_findings
from dipro_scan.batch.doctor_machine import folder_findings, machine_findings
from dipro_scan.batch.doctor_reading import engine_findings, language_findings
from dipro_scan.batch.finding import Finding
from dipro_scan.model import DiproScanError
from dipro_scan.settings import Pipeline, pipeline_names
from dipro_scan.translation import _

__all__ = ["Examined", "Finding", "examine"]


@dataclass(frozen=True, slots=True)
class Examined:
    """What is to be examined: one pipeline or, without a name, all of the set; and the folders of a store."""

    pipeline: str | None = None
    pipelines: Path | None = None
    records: Path | None = None
    state: Path | None = None


def examine(examined: Examined) -> list[Finding]:
    """Looks at everything that a run would use; changes nothing.

    Raises UsageProblem and SettingsError for the one pipeline that was named.
    """
    pipelines, broken = _pipelines(examined)
    return [
        *program_findings(),
        *library_findings(),
        *engine_findings(pipelines),
        *language_findings(pipelines),
        *broken,
        *folder_findings(examined.records, examined.state),
        *machine_findings(),
        *optional_findings(pipelines),
    ]


def _pipelines(examined: Examined) -> tuple[list[Pipeline], list[Finding]]:
    """The pipelines to look at, and a finding for each that cannot be used."""
    if examined.pipeline is not None:
        return [load_configuration(examined.pipeline, examined.pipelines).pipeline], []
    pipelines, broken = [], []
    check = "dipro-scan pipelines check"
    if examined.pipelines is not None:
        check += f" --pipelines {examined.pipelines}"
    for name in pipeline_names(examined.pipelines):
        try:
            pipelines.append(load_configuration(name, examined.pipelines).pipeline)
        except DiproScanError as error:
            title = _("Pipeline %(name)s") % {"name": name}
            broken.append(Finding(title, False, True, str(error), check, "settings"))
    return pipelines, broken
