"""pipelines/*.yaml → validated settings."""

from __future__ import annotations

from dipro_scan.settings.aktenplan_import import ImportedPlan, import_aktenplan, name_for
from dipro_scan.settings.loader import check_all, load_configuration, load_site, pipeline_names
from dipro_scan.settings.own_files import copy_shipped, write_new
from dipro_scan.settings.reading_check import (
    ReadingCheck,
    ReadingProblem,
    option_problems,
    unknown_engine,
)
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
    InboxSettings,
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
    "ImportedPlan",
    "InboxSettings",
    "IntakeSettings",
    "Organisation",
    "Phrase",
    "Pipeline",
    "Procedure",
    "ReadingCheck",
    "ReadingProblem",
    "ReadingSettings",
    "Retention",
    "Schutzbedarf",
    "SeparationSettings",
    "Site",
    "check_all",
    "copy_shipped",
    "import_aktenplan",
    "load_configuration",
    "load_site",
    "name_for",
    "option_problems",
    "parent_kennzeichen",
    "pipeline_names",
    "shipped_pipelines",
    "unknown_engine",
    "write_new",
]
