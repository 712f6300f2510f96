"""What the folders of an inbox say about the files in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TypeVar

from dipro_scan.batch.same_names import folded
from dipro_scan.model import IndexValues
from dipro_scan.settings import InboxRule

_Value = TypeVar("_Value")


def rules_for(name: str, rules: Sequence[InboxRule]) -> list[InboxRule]:
    """The rules for a file, `name` being its path below the inbox, in their order."""
    folder = PurePosixPath(folded(name)).parent.parts
    return [rule for rule in rules if _covers(_pattern(rule.folder), folder)]


def pipeline_by_folder(name: str, rules: Sequence[InboxRule]) -> str | None:
    """The pipeline that reads what lies there; None where no rule names one."""
    return _first(rules_for(name, rules), lambda rule: rule.pipeline)


def index_by_folder(name: str, rules: Sequence[InboxRule]) -> IndexValues | None:
    """The index values that a file has by its folder; None where there are none."""
    fitting = rules_for(name, rules)
    values = IndexValues(
        origin="folder",
        shown=str(PurePosixPath(name).parent),
        class_id=_first(fitting, lambda rule: rule.class_),
        aktenzeichen=_first(fitting, lambda rule: rule.aktenzeichen),
        schutzbedarf=_first(fitting, lambda rule: rule.schutzbedarf),
        operator=_first(fitting, lambda rule: rule.operator),
        station=_first(fitting, lambda rule: rule.station),
        fields={key: value for rule in reversed(fitting) for key, value in rule.fields.items()},
    )
    return None if values == IndexValues(values.origin, values.shown) else values


def _first(rules: Sequence[InboxRule], value_of: Callable[[InboxRule], _Value | None]) -> _Value | None:
    return next((value for rule in rules if (value := value_of(rule)) is not None), None)


def _pattern(folder: str) -> tuple[str, ...]:
    """The parts of a rule's folder. What lies in it and below it is meant without saying so."""
    parts = [part for part in folded(folder).replace("\\", "/").split("/") if part not in ("", ".")]
    while parts and parts[-1] in ("*", "**"):
        parts.pop()
    return tuple(parts)


def _covers(pattern: tuple[str, ...], folder: tuple[str, ...]) -> bool:
    """Whether `folder`, or one that it lies in, fits the pattern."""
    if not pattern:
        return True
    if pattern[0] == "**":
        return any(_covers(pattern[1:], folder[start:]) for start in range(len(folder) + 1))
    return bool(folder) and fnmatchcase(folder[0], pattern[0]) and _covers(pattern[1:], folder[1:])
