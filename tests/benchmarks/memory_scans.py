"""The kinds of scans that memory is measured on. Light: every worker that is measured loads this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Scans:
    """Size, resolution and colour of scans, and what a worker may need to read them, in MB (10**6 bytes)."""

    name: str
    size: Literal["A4", "A3"]
    dpi: int
    colour: Literal["gray", "colour"]
    limit_mb: float


ALL_SCANS: Final = (
    Scans("A4 300 dpi gray", "A4", 300, "gray", 400.0),
    Scans("A4 300 dpi colour", "A4", 300, "colour", 400.0),
    Scans("A3 600 dpi gray", "A3", 600, "gray", 1000.0),
    Scans("A3 600 dpi colour", "A3", 600, "colour", 1000.0),
)
