"""What the journal tells of the store: which files stand where, and which numbers are taken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dipro_scan.model import JournalEntry, StoreDamaged
from dipro_scan.translation import _

FILED = "filed"
_DOCUMENT_NUMBER = re.compile(r"^\d{4}-\d{2}-\d{2}_(\d{4,})(?=_|$)")
_VORGANG_NUMBER = re.compile(r"^(\d{3,})(?= |$)")


@dataclass(slots=True)
class Catalogue:
    """The journal's filings, added up. Paths are relative to the records folder, with `/`.

    `files` and `containers` hold the SHA-256 by path; `akten` an Akte's folder by its Aktenzeichen;
    `vorgaenge` a Vorgang's folder by its Akte's folder and its title; `highest` the highest number
    allotted in a folder; `newest_document` is the document filed last. Numbers stay allotted whatever
    becomes of the files, so none is used twice.
    """

    files: dict[str, str] = field(default_factory=dict)
    containers: dict[str, str] = field(default_factory=dict)
    akten: dict[str, str] = field(default_factory=dict)
    vorgaenge: dict[tuple[str, str], str] = field(default_factory=dict)
    highest: dict[str, int] = field(default_factory=dict)
    intents: set[str] = field(default_factory=set)
    newest_document: str | None = None

    @classmethod
    def of(cls, entries: Iterable[JournalEntry]) -> Catalogue:
        """The catalogue of a whole journal. Raises StoreDamaged."""
        catalogue = cls()
        catalogue.extend(entries)
        return catalogue

    def extend(self, entries: Iterable[JournalEntry]) -> None:
        """Takes in lines of the journal; those that are no filing change nothing. Raises StoreDamaged."""
        for entry in entries:
            if entry.event == FILED:
                try:
                    self._add(entry.data)
                except (KeyError, TypeError, IndexError, AttributeError) as error:
                    raise StoreDamaged(
                        _("Line %(number)d of the journal is no filing as dipro-scan writes it.")
                        % {"number": entry.number}
                    ) from error

    def _add(self, data: dict[str, Any]) -> None:
        self.intents.add(data["intent"])
        self.newest_document = data["document"]
        for item in data["files"]:
            self.files[item["path"]] = item["sha256"]
        for item in data["containers"]:
            self.containers[item["path"]] = item["after"]
        akte, vorgang = data["akte"], data["vorgang"]
        self.akten.setdefault(data["aktenzeichen"], akte)
        self.vorgaenge.setdefault((akte, data["vorgang_title"]), vorgang)
        self._allot(akte, vorgang_number(vorgang.rpartition("/")[2]))
        self._allot(vorgang, document_number(data["files"][-1]["path"].rpartition("/")[2]))

    def _allot(self, folder: str, number: int) -> None:
        self.highest[folder] = max(number, self.highest.get(folder, 0))


def document_number(name: str) -> int:
    """The number in `2025-03-04_0001_bauantrag.pdf`; 0 where there is none."""
    match = _DOCUMENT_NUMBER.match(name)
    return int(match.group(1)) if match else 0


def vorgang_number(name: str) -> int:
    """The number in `001 Bauantrag`; 0 where there is none."""
    match = _VORGANG_NUMBER.match(name)
    return int(match.group(1)) if match else 0
