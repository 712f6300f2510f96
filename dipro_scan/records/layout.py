"""Where a document lies in the records: folders of the Aktenplan, Akte, Vorgang, and its own name."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from dipro_scan.model import Place, Unwritable, UsageProblem
from dipro_scan.records.catalogue import Catalogue, document_number, vorgang_number
from dipro_scan.records.names import MAX_COMPONENT, safe_component, titled, unique_name, width
from dipro_scan.settings import Aktenplan
from dipro_scan.translation import _

MAX_PATH: Final = 240
# The longest ending that a file beside the record may get: `.note999.json`.
_ENDING = 13
# `2025-03-04_0001_`; numbers above 9999 take from the class.
_STAMP = 16
_CLASS_AT_LEAST = 8
_NAME_AT_LEAST = _STAMP + _CLASS_AT_LEAST + _ENDING
# Room that a folder leaves for the titles below it, as long as there is any to leave.
_PLAN_WISH, _AKTE_WISH, _VORGANG_WISH, _NAME_WISH = 16, 40, 28, 48
_AKTE_AT_LEAST, _VORGANG_AT_LEAST = 20, 4


@dataclass(frozen=True, slots=True)
class Target:
    """Where one document goes. Folders are relative to the records folder; `stem` is without ending."""

    akte: str
    vorgang: str
    stem: str

    @property
    def pdf(self) -> str:
        return f"{self.vorgang}/{self.stem}.pdf"

    @property
    def metadata(self) -> str:
        return f"{self.vorgang}/{self.stem}.json"

    def beside(self, ending: str) -> str:
        """A file beside the record."""
        return f"{self.vorgang}/{self.stem}{ending}"

    @property
    def akte_container(self) -> str:
        return f"{self.akte}/akte.json"

    @property
    def vorgang_container(self) -> str:
        return f"{self.vorgang}/vorgang.json"


def changed_ns(folder: Path) -> int | None:
    """When names came into a folder or went away last; None where that cannot be told."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return None


class Layout:
    """Chooses names under one records folder. Its answers hold only while the write lock is held.

    Every component has at most 64 characters and the whole path, the records folder included, at most
    240 (counted as Windows counts); what is too long loses from its titles. What exists keeps its name.
    `left` tells when Vorgänge were changed last (`changed_ns`) that nobody but us had changed by then.
    """

    def __init__(
        self,
        root: Path,
        catalogue: Catalogue,
        *,
        transliterate: bool,
        left: Mapping[str, int | None] = MappingProxyType({}),
    ) -> None:
        self._root = root
        self._catalogue = catalogue
        self._left = left
        self._transliterate = transliterate
        self._room = MAX_PATH - width(str(root.absolute())) - 1

    def target(self, place: Place, class_id: str, date: dt.date, plan: Aktenplan) -> Target:
        """The next free name for a document of `class_id` at `place`.

        Raises UsageProblem where the plan has no such number, Unwritable where the records folder's own
        path leaves no room.
        """
        akte = self._catalogue.akten.get(place.aktenzeichen) or self._new_akte(place, plan)
        vorgang = self._catalogue.vorgaenge.get((akte, place.vorgang_title)) or self._new_vorgang(
            akte, place.vorgang_title
        )
        return Target(akte, vorgang, self._stem(vorgang, class_id, date))

    def _new_akte(self, place: Place, plan: Aktenplan) -> str:
        parent = self._plan_folder(place.kennzeichen, plan)
        below = (_VORGANG_WISH, _NAME_WISH)
        limit = self._limit(parent, below, (_VORGANG_AT_LEAST, _NAME_AT_LEAST), _AKTE_AT_LEAST)
        identifier = place.aktenzeichen.replace("/", "_")
        name = titled(identifier, place.akte_title, transliterate=self._transliterate, limit=limit)
        if not self._is_free(f"{parent}/{name}", "akte.json", self._catalogue.akten.values()):
            name = unique_name(name, self._names(parent), limit=limit)
        return f"{parent}/{name}"

    def _is_free(self, folder: str, container: str, known: Collection[str]) -> bool:
        """Whether a folder stands there that is nothing yet: a person made it in advance."""
        place = self._root / folder
        return place.is_dir() and folder not in known and not (place / container).exists()

    def _new_vorgang(self, akte: str, title: str) -> str:
        limit = self._limit(akte, (_NAME_WISH,), (_NAME_AT_LEAST,), _VORGANG_AT_LEAST)

        def folder(number: int) -> str:
            return f"{akte}/{titled(f'{number:03d}', title, transliterate=self._transliterate, limit=limit)}"

        numbers = sorted(map(vorgang_number, self._names(akte)))
        for number in numbers:
            if self._is_free(folder(number), "vorgang.json", self._catalogue.vorgaenge.values()):
                return folder(number)
        return folder(max([self._catalogue.highest.get(akte, 0), *numbers]) + 1)

    def _stem(self, vorgang: str, class_id: str, date: dt.date) -> str:
        # A Vorgang may hold all invoices of a year: its names are read only where somebody else was there.
        names = [] if self._is_as_we_left_it(vorgang) else self._names(vorgang)
        highest = max([self._catalogue.highest.get(vorgang, 0), *map(document_number, names)])
        room = min(MAX_COMPONENT, self._room - width(vorgang) - 1) - _ENDING
        if room < _STAMP + _CLASS_AT_LEAST:
            raise self._too_long()
        stamp = f"{date.isoformat()}_{highest + 1:04d}_"
        return stamp + safe_component(class_id, transliterate=self._transliterate, limit=room - len(stamp))

    def _is_as_we_left_it(self, folder: str) -> bool:
        left = self._left.get(folder)
        return left is not None and changed_ns(self._root / folder) == left

    def _plan_folder(self, kennzeichen: str, plan: Aktenplan) -> str:
        nodes = plan.path(kennzeichen)
        if not nodes:
            raise UsageProblem(
                _("The Aktenplan “%(plan)s” has no number %(number)s; nothing can be filed there.")
                % {"plan": plan.title, "number": kennzeichen}
            )
        folder = ""
        for level, node in enumerate(nodes):
            name = safe_component(node.kennzeichen)
            existing = self._folder_of(folder, name)
            if existing is None:
                deeper = len(nodes) - level - 1
                below = (*[_PLAN_WISH] * deeper, _AKTE_WISH, _VORGANG_WISH, _NAME_WISH)
                least = (
                    *[len(item.kennzeichen) for item in nodes[level + 1 :]],
                    *(_AKTE_AT_LEAST, _VORGANG_AT_LEAST, _NAME_AT_LEAST),
                )
                limit = self._limit(folder, below, least, width(name))
                existing = titled(
                    node.kennzeichen, node.bezeichnung, transliterate=self._transliterate, limit=limit
                )
            folder = f"{folder}/{existing}" if folder else existing
        return folder

    def _folder_of(self, parent: str, identifier: str) -> str | None:
        """The folder that stands for a number of the plan already, whatever its title was then."""
        for name in sorted(self._names(parent)):
            is_it = name == identifier or name.startswith(f"{identifier} ")
            if is_it and (self._root / parent / name).is_dir():
                return name
        return None

    def _limit(self, parent: str, wishes: Iterable[int], least: Iterable[int], own_least: int) -> int:
        """How long a new name in `parent` may be, so that what comes below it has room too."""
        used = width(parent) + 1 if parent else 0
        hard = self._room - used - sum(length + 1 for length in least)
        if hard < own_least:
            raise self._too_long()
        wished = self._room - used - sum(length + 1 for length in wishes)
        return min(MAX_COMPONENT, max(wished, own_least), hard)

    def _names(self, folder: str) -> list[str]:
        try:
            with os.scandir(self._root / folder) as found:
                return [item.name for item in found]
        except FileNotFoundError:
            return []

    def _too_long(self) -> Unwritable:
        return Unwritable(
            _(
                "The path of the records folder %(folder)s is too long: paths may have %(limit)d characters"
                " in all; use a folder nearer to the root."
            )
            % {"folder": self._root, "limit": MAX_PATH}
        )
