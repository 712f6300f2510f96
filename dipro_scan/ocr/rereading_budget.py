"""What reading again may cost a page, in print instead of time, so that every run does the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dipro_scan.model import Line
from dipro_scan.settings.rereading_settings import RereadingSettings


@dataclass(slots=True)
class Budget:
    """What is left for a page: lines, and millimetres of line at the first reader's price."""

    lines: int
    granted: int
    width_mm: float

    @classmethod
    def of(cls, lines: Sequence[Line], settings: RereadingSettings) -> Budget:
        width = sum(line.box.width_mm for line in lines)
        return cls(settings.most_lines, settings.few_lines, settings.most_share * width)

    def has_line(self) -> bool:
        """Whether another line may be begun; it is taken off."""
        self.lines -= 1
        self.granted -= 1
        return self.lines >= 0 and (self.granted >= 0 or self.width_mm > 0)

    def has_attempt(self) -> bool:
        return self.granted >= 0 or self.width_mm > 0

    def spend(self, width_mm: float) -> None:
        self.width_mm -= width_mm
