"""pipelines/*.yaml → validated settings."""

from __future__ import annotations

from dipro_scan.settings.loader import check_all, load_configuration, load_site, pipeline_names
from dipro_scan.settings.schema import (
    FIELD_IDS,
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
from dipro_scan.settings.shelf import shipped_pipelines

__all__ = [
    "FIELD_IDS",
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
    "check_all",
    "load_configuration",
    "load_site",
    "parent_kennzeichen",
    "pipeline_names",
    "shipped_pipelines",
]
