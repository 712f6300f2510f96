"""The file under inspection, and safe ways to look at its objects.

Files that come in may be anything: every access here answers with None where the object is missing or of
another kind, and never raises.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from dipro_scan.pdf.conformance.findings import Findings, Level

FileBytes = bytes | mmap.mmap
"""A file's bytes, in memory or mapped into it."""


@dataclass
class Inspected:
    """One PDF: its bytes, its objects, the level it claims, and what was found so far."""

    data: FileBytes = field(repr=False)
    pdf: Pdf
    level: Level
    findings: Findings = field(default_factory=Findings)

    @property
    def part(self) -> str:
        """Of ISO 19005: `2` or `3`."""
        return self.level[0]

    @property
    def needs_unicode(self) -> bool:
        return self.level.endswith("u")

    @cached_property
    def catalogue(self) -> Dictionary:
        root = self.pdf.trailer.get("/Root")
        return root if isinstance(root, Dictionary) else Dictionary()

    @cached_property
    def objects(self) -> tuple[Object, ...]:
        """All indirect objects, also those that nothing refers to."""
        return tuple(item for item in self.pdf.objects if isinstance(item, Object))

    @cached_property
    def pages(self) -> tuple[Dictionary, ...]:
        return tuple(page.obj for page in self.pdf.pages)


def place(item: Any, fallback: str = "") -> str:
    """A short name for an object, for people who open the file in an editor."""
    number, generation = getattr(item, "objgen", (0, 0))
    return f"{number} {generation} obj" if number else fallback


def entry(container: Any, key: str) -> Any:
    """The value of a key in a dictionary or stream; None where there is none."""
    if isinstance(container, (Dictionary, Stream)):
        return container.get(key)
    return None


def dictionary(container: Any, key: str) -> Dictionary | None:
    value = entry(container, key)
    return value if isinstance(value, Dictionary) else None


def stream(container: Any, key: str) -> Stream | None:
    value = entry(container, key)
    return value if isinstance(value, Stream) else None


def name(container: Any, key: str) -> str | None:
    """A name's text without its slash."""
    return name_text(entry(container, key))


def name_text(value: Any) -> str | None:
    """A name's text without its slash; a name that is not UTF-8 comes as it is written, with #-escapes."""
    if not isinstance(value, Name):
        return None
    try:
        return str(value)[1:]
    except UnicodeDecodeError:
        return value.unparse().decode("latin-1")[1:]


def integer(container: Any, key: str) -> int | None:
    value = entry(container, key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def items(container: Any, key: str) -> tuple[Any, ...]:
    """The members of an array; nothing where it is none."""
    value = entry(container, key)
    return tuple(value) if isinstance(value, Array) else ()


def has(container: Any, key: str) -> bool:
    return entry(container, key) is not None


def decoded(item: Stream) -> bytes | None:
    """A stream's bytes without its filters; None where they cannot be undone."""
    try:
        return item.read_bytes()
    except (pikepdf.PdfError, RuntimeError, ValueError):
        return None


def members(container: Any) -> Iterator[tuple[str, Any]]:
    """Keys (without slash) and values of a dictionary or stream."""
    if isinstance(container, (Dictionary, Stream)):
        for key, value in container.items():
            yield str(key)[1:], value


def is_indirect(item: Any) -> bool:
    return isinstance(item, Object) and item.is_indirect


def parts(item: Any) -> Iterator[Any]:
    """The object and everything inside it, without following references to other indirect objects."""
    waiting: list[Any] = [item]
    while waiting:
        current = waiting.pop()
        yield current
        if isinstance(current, Array):
            children = list(current)
        elif isinstance(current, (Dictionary, Stream)):
            children = [value for _, value in current.items()]
        else:
            continue
        waiting.extend(child for child in children if not is_indirect(child))


def text(value: Any) -> str | None:
    return str(value) if isinstance(value, String) else None
