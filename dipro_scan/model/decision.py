"""What a document is, what it says, and what to do with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from dipro_scan.model.cover import ProtectionNeed
from dipro_scan.model.deadline import Deadline
from dipro_scan.model.evidence import Reason
from dipro_scan.model.geometry import Box

Check = Literal["passed", "failed", "none"]


@dataclass(frozen=True, slots=True)
class Classification:
    """The class that the evidence favours; None where it favours none.

    `confidence` is 0–1; `scores` are the weighted evidence per class id, highest first. `titled` are the
    class ids that a title on some page speaks for.
    """

    class_id: str | None
    confidence: float
    scores: dict[str, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    titled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A value read from the document. `page` counts from 1 within the document; `box` in mm.

    `origin` is `index` for what was said about the paper before it was read; then `page` is 0.
    """

    value: str
    raw: str
    confidence: float
    check: Check
    page: int
    box: Box | None = None
    origin: Literal["read", "index"] = "read"


class Action(StrEnum):
    FILE = "file"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document belongs in the E-Akte.

    `aktenzeichen` names the Akte (`63.10-0007/2025`), `kennzeichen` its node of the Aktenplan.
    """

    kennzeichen: str
    aktenzeichen: str
    akte_title: str
    vorgang_title: str


@dataclass(frozen=True, slots=True)
class Decision:
    """File it there, or ask a person; and every reason. `place` may be a proposal when asking.

    `protection` is the Schutzbedarf that was asked for this paper, where it is above that of its class.
    `deadlines` are those found on its pages, the most urgent first.
    """

    action: Action
    classification: Classification
    fields: dict[str, Field]
    place: Place | None
    reasons: tuple[Reason, ...]
    date: dt.date
    protection: ProtectionNeed | None = None
    deadlines: tuple[Deadline, ...] = ()
