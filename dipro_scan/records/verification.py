"""Whether the records are what they were when they were filed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

from dipro_scan.model import FilingIntent
from dipro_scan.records import durable
from dipro_scan.records.catalogue import Catalogue, document_number
from dipro_scan.records.damage import Damage
from dipro_scan.translation import _, os_reason

_KINDS: Final = frozenset({".pdf", ".json"})


def record_files(root: Path, state_folder: str) -> list[str]:
    """Every PDF and JSON file among the records and what bears a document's number, relative to `root`,
    sorted; not our own state."""
    found = []
    for folder, folders, names in os.walk(root):
        if Path(folder) == root and state_folder in folders:
            folders.remove(state_folder)
        for name in names:
            if PurePosixPath(name).suffix.lower() in _KINDS or document_number(name):
                found.append((Path(folder) / name).relative_to(root).as_posix())
    return sorted(found)


def compare_files(root: Path, catalogue: Catalogue) -> list[Damage]:
    """Each journalled file and container against its journalled hash."""
    damages = []
    for path, sha256 in {**catalogue.containers, **catalogue.files}.items():
        damage = _compare(root, path, sha256)
        if damage:
            damages.append(damage)
    return damages


def unknown_files(
    found: Iterable[str], catalogue: Catalogue, under_way: Iterable[FilingIntent]
) -> list[Damage]:
    """Files among the records that no journal line knows and no filing under way is placing."""
    expected = {path for intent in under_way for path, _sha256 in intent.files}
    expected |= {path for intent in under_way for path, _before, _after in intent.containers}
    return [
        Damage(path, _("%(path)s lies among the records, but the journal does not know it.") % {"path": path})
        for path in found
        if path not in catalogue.files and path not in catalogue.containers and path not in expected
    ]


def _compare(root: Path, path: str, sha256: str) -> Damage | None:
    file = root / path
    try:
        if durable.hash_file(file) == sha256:
            return None
    except FileNotFoundError:
        return Damage(path, _("%(path)s is in the journal, but it is gone.") % {"path": path})
    except OSError as error:
        return Damage(
            path,
            _("%(path)s cannot be read (%(problem)s).") % {"path": path, "problem": os_reason(error)},
        )
    return Damage(path, _("%(path)s was changed after it was filed.") % {"path": path})
