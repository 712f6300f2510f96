"""What a check found: the clause, the place, and one sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Level = Literal["2b", "2u", "3b", "3u"]
"""Part of ISO 19005 and conformance level."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A requirement that the file does not meet.

    `clause` is that of ISO 19005-2, whose numbers ISO 19005-3 keeps; `where` names the object or place,
    `message` says what is wrong.
    """

    clause: str
    where: str
    message: str


@dataclass(slots=True)
class Findings:
    """Collects violations in the order found, each once."""

    _found: dict[Violation, None] = field(default_factory=dict)

    def add(self, clause: str, where: str, message: str) -> None:
        self._found[Violation(clause, where, message)] = None

    def violations(self) -> tuple[Violation, ...]:
        return tuple(self._found)
