"""What is taken from an inbox, when, and how much room must be left."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from dipro_scan.settings.base import FIELD_IDS, Identifier, Need, SettingProblem, Settings
from dipro_scan.translation import _


class IntakeSettings(Settings):
    """Limits of what is opened, and how PDF pages without one full image become pixels.

    `beside` are name patterns of files that lie beside scans and are none (tickets, lists, programs, fonts):
    they are named in the result and otherwise left alone.
    """

    beside: tuple[str, ...] = ("*.json", "*.xml", "*.csv", "*.py", "*.typ", "*.ttf", "*.md")
    max_megapixels: float = Field(250.0, gt=0)
    max_pages: int = Field(2000, ge=1)
    max_megabytes: float = Field(2000.0, gt=0)
    render_dpi: int = Field(300, ge=72, le=1200)
    renderer: Literal["pdfium", "poppler"] = "pdfium"
    open_seconds: float = Field(60.0, gt=0)


class InboxRule(Settings):
    """What holds for all files in a folder of an inbox and in the folders below it.

    `folder`: the folder's path below INPUT, with `/`; `*` and `?` stand for letters of one name, `**` for any
    number of folders, `*` alone for the whole inbox. Letter case is ignored. The rest is what a ticket could
    say of each file there.
    """

    folder: str = Field(min_length=1, max_length=240)
    pipeline: Identifier | None = None
    class_: Identifier | None = Field(None, alias="class")
    aktenzeichen: str | None = Field(None, min_length=1, max_length=64)
    schutzbedarf: Need | None = None
    operator: str | None = Field(None, min_length=1, max_length=128)
    station: str | None = Field(None, min_length=1, max_length=128)
    fields: dict[Identifier, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_something(self) -> InboxRule:
        if self.folder.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", self.folder):
            raise SettingProblem(
                _("“folder” must be a path below the inbox, such as Bauakten or Bauakten/2026"), "folder"
            )
        if not self.model_fields_set - {"folder"}:
            raise SettingProblem(
                _("the rule says nothing about its folder; add “pipeline”, “class” or another value")
            )
        for field_id in self.fields:
            if field_id not in FIELD_IDS:
                raise SettingProblem(
                    _("there is no field “%(field)s”; allowed are: %(allowed)s")
                    % {"field": field_id, "allowed": ", ".join(FIELD_IDS)},
                    "fields",
                    field_id,
                )
        return self


class InboxSettings(Settings):
    """When a file in an inbox can be taken, and what its folder and a ticket beside it say about it.

    It counts as wholly written when it was not touched for `settle_seconds`; a run waits up to
    `patience_seconds` for that and leaves what still changes to the next run. `watch` looks every
    `poll_seconds`, and at once where the system tells of changes; after a failure it tries again after
    `retry_seconds`, then after pauses that double up to `longest_retry_seconds`. A source over which
    `max_attempts` runs died goes to quarantine.

    `tickets`: whether JSON, XML and CSV files beside scans are read for index values. One that a run saw
    without its scan is taken for a scan that comes later only within `ticket_wait_minutes`: longer than zero
    is safe only where no scanner gives a name twice. `rules`: what folders say; for each value the first rule
    counts that fits the folder and gives it.
    """

    settle_seconds: float = Field(5.0, ge=0, le=3600)
    patience_seconds: float = Field(60.0, ge=0, le=86400)
    poll_seconds: float = Field(10.0, ge=0.1, le=86400)
    retry_seconds: float = Field(5.0, ge=0.1, le=3600)
    longest_retry_seconds: float = Field(300.0, ge=0.1, le=86400)
    max_attempts: int = Field(3, ge=1, le=1000)
    tickets: bool = True
    ticket_wait_minutes: float = Field(0.0, ge=0, le=10080)
    rules: tuple[InboxRule, ...] = ()


class RoomSettings(Settings):
    """How much room there must be for a run to begin, and to go on.

    `min_free_megabytes` and `min_free_inodes` stay free on every drive that is written to; a run stops in
    order before it takes them. To begin, there must be `disk_per_input` bytes more for each byte of the
    inbox. A worker counts with `megabytes_per_worker` of memory: where there is less, fewer of them start.
    """

    min_free_megabytes: float = Field(200.0, ge=0)
    min_free_inodes: int = Field(1000, ge=0)
    disk_per_input: float = Field(4.0, ge=1, le=100)
    megabytes_per_worker: float = Field(300.0, gt=0)
