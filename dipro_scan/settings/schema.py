"""What a city decides, as validated values. One class per kind of YAML file, and its parts.

Names in YAML are these names. Every default stands here or in the shipped files, never in a room.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dipro_scan.settings.base import FIELD_IDS, Identifier, NamePattern, Need, SettingProblem, Settings, Share
from dipro_scan.settings.decision_settings import DeadlineSettings, DecisionSettings, DuplicateSettings
from dipro_scan.settings.document_class import DocumentClass, Filing, Phrase, Retention, Schutzbedarf
from dipro_scan.settings.files_settings import FilesSettings
from dipro_scan.settings.image_settings import ImageSettings
from dipro_scan.settings.inbox_settings import InboxRule, InboxSettings, IntakeSettings, RoomSettings
from dipro_scan.settings.page_settings import BlankSettings, ImagingSettings, ReadingSettings
from dipro_scan.settings.plan import Aktenplan, AktenplanNode, parent_kennzeichen
from dipro_scan.settings.stack_settings import (
    CollationSettings,
    CompletenessSettings,
    SeparationSettings,
    StickerPattern,
    StickerSettings,
)
from dipro_scan.translation import _

__all__ = [
    "FIELD_IDS",
    "Aktenplan",
    "AktenplanNode",
    "BlankSettings",
    "CollationSettings",
    "CompletenessSettings",
    "Configuration",
    "DeadlineSettings",
    "DecisionSettings",
    "DocumentClass",
    "DuplicateSettings",
    "FilesSettings",
    "Filing",
    "Identifier",
    "ImageSettings",
    "ImagingSettings",
    "InboxRule",
    "InboxSettings",
    "IntakeSettings",
    "NamePattern",
    "Need",
    "Organisation",
    "Phrase",
    "Pipeline",
    "Procedure",
    "ReadingSettings",
    "Retention",
    "RoomSettings",
    "Schutzbedarf",
    "SeparationSettings",
    "SettingProblem",
    "Settings",
    "Share",
    "Site",
    "StickerPattern",
    "StickerSettings",
    "parent_kennzeichen",
]


class Organisation(Settings):
    """Who answers for the scans: the Transfervermerk names it."""

    name: str
    unit: str
    street: str | None = None
    postal_code: str | None = None
    town: str


class Procedure(Settings):
    """The documented scanning procedure that the Transfervermerk refers to (TR-03138 A.G.1)."""

    name: str
    variant: str | None = None
    version: str | None = None
    date: dt.date | None = None


class Site(Settings):
    """`site.yaml`: what holds for the whole city."""

    schema_: Literal[1] = Field(alias="schema")
    language: Literal["de", "en"] | None = None
    time_zone: str = "Europe/Berlin"
    organisation: Organisation
    procedure: Procedure
    transliterate_names: bool = False

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception as error:
            raise SettingProblem(
                _("“%(value)s” is no time zone; write one such as Europe/Berlin") % {"value": value}
            ) from error
        return value


class Pipeline(Settings):
    """`<name>.yaml`: how one kind of incoming paper is handled."""

    schema_: Literal[1] = Field(alias="schema")
    name: Identifier
    title: str
    aktenplan: Identifier
    classes: tuple[Identifier, ...] = Field(min_length=1)
    inbox: InboxSettings = InboxSettings()
    room: RoomSettings = RoomSettings()
    intake: IntakeSettings = IntakeSettings()
    imaging: ImagingSettings = ImagingSettings()
    images: ImageSettings = ImageSettings()
    reading: ReadingSettings = ReadingSettings()
    separation: SeparationSettings = SeparationSettings()
    duplicates: DuplicateSettings = DuplicateSettings()
    collation: CollationSettings = CollationSettings()
    completeness: CompletenessSettings = CompletenessSettings()
    decision: DecisionSettings = DecisionSettings()
    deadlines: DeadlineSettings = DeadlineSettings()
    files: FilesSettings = FilesSettings()

    @model_validator(mode="after")
    def _sheets_are_no_stacks(self) -> Pipeline:
        for setting in ("one_file_per_page", "one_per_folder"):
            if self.collation.mode == "two_passes" and getattr(self.separation, setting):
                sentence = _("a stack scanned in two passes is two files; it does not go with “%(setting)s”")
                raise SettingProblem(sentence % {"setting": setting}, "collation", "mode")
        return self


class Configuration(BaseModel):
    """Everything one run needs: site, pipeline, its plan and its classes, and a hash of them all."""

    model_config = ConfigDict(frozen=True)

    site: Site
    pipeline: Pipeline
    aktenplan: Aktenplan
    classes: tuple[DocumentClass, ...]
    sha256: str

    def document_class(self, class_id: str) -> DocumentClass | None:
        return next((item for item in self.classes if item.id == class_id), None)
