"""What was said about paper before anyone read it: index values (TR-03138 A.SC.7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dipro_scan.model.cover import ProtectionNeed

IndexOrigin = Literal["cover", "sticker", "ticket", "folder"]


@dataclass(frozen=True, slots=True)
class IndexValues:
    """What one voice says about a document; None where it says nothing.

    `origin` tells which voice, `shown` names it for people (a sheet's id, a file, a folder). `class_id` and
    `aktenzeichen` are as given, not yet held against classes and plan. `pages`: sides of paper with something
    on them, sheets of separation left out. `operator` and `station`: who scanned, and where. `fields`:
    further index values by field id.
    """

    origin: IndexOrigin
    shown: str
    class_id: str | None = None
    aktenzeichen: str | None = None
    pages: int | None = None
    schutzbedarf: ProtectionNeed | None = None
    operator: str | None = None
    station: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
