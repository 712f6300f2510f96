"""pipelines/*.yaml → validated settings."""

from __future__ import annotations

from dipro_scan.settings.schema import (
    Aktenplan,
    AktenplanNode,
    BlankSettings,
    Configuration,
    DecisionSettings,
    DocumentClass,
    Filing,
    ImagingSettings,
    IntakeSettings,
    Organisation,
    Phrase,
    Pipeline,
    Procedure,
    ReadingSettings,
    Retention,
    Schutzbedarf,
    SeparationSettings,
    Site,
    parent_kennzeichen,
)

__all__ = [
    "Aktenplan",
    "AktenplanNode",
    "BlankSettings",
    "Configuration",
    "DecisionSettings",
    "DocumentClass",
    "Filing",
    "ImagingSettings",
    "IntakeSettings",
    "Organisation",
    "Phrase",
    "Pipeline",
    "Procedure",
    "ReadingSettings",
    "Retention",
    "Schutzbedarf",
    "SeparationSettings",
    "Site",
    "parent_kennzeichen",
]
