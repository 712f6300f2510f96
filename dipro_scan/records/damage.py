"""What `verify` found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not what it was when it was written.

    `path` is relative to the records folder, with `/`; `message` is one sentence for people.
    """

    path: str
    message: str
