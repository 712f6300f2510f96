"""What was seen, measured and done on a page, and why something was decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from dipro_scan.model.geometry import Box


class CodeMeaning(StrEnum):
    SEPARATOR = "separator"
    COVER = "cover"
    AKTENZEICHEN = "aktenzeichen"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Code:
    """A barcode or patch code. `type` is the reader's name for it (`QRCode`, `Code128`, `PatchT`)."""

    type: str
    text: str
    meaning: CodeMeaning
    box: Box | None = None


Verdict = Literal["ok", "notable", "none"]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured value; `verdict` says how it stands to `threshold` (`none`: there is no threshold)."""

    name: str
    value: float
    unit: str
    threshold: float | None = None
    verdict: Verdict = "none"


@dataclass(frozen=True, slots=True)
class ProcessingStep:
    """Something that was done to a page's image, kept as evidence (TR-03138 A.NB.1).

    `archive` tells whether the archived page shows it (rotation, straightening, re-encoding) or only
    the reading image did.
    """

    name: str
    archive: bool
    parameters: dict[str, float | int | str | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable id for programs and one sentence for people, in the run's language."""

    code: str
    text: str
