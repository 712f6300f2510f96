"""`doctor` on the engines that read, and on Tesseract's language data."""

from __future__ import annotations

import importlib
import shlex
from collections.abc import Iterable, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final

from dipro_scan import ocr
from dipro_scan.batch.finding import Finding, pip_install
from dipro_scan.model import EnvironmentLacking
from dipro_scan.ocr.languages import ORIENTATION_DATA, PIP_PACKAGES, SUFFIX, model_hashes
from dipro_scan.ocr.probe import probe_onnxruntime, probe_rapidocr
from dipro_scan.ocr.rapid_models import network_hashes, reader_version, require_models
from dipro_scan.settings import Pipeline, ReadingSettings
from dipro_scan.translation import _

_DATA_ADDRESS: Final = "https://github.com/tesseract-ocr/tessdata_fast/raw/main"
_TESSERACT: Final = ("tesseract", "pytesseract")
_HASH_DIGITS: Final = 12
_SECOND_READER: Final = ("rapidocr>=3.10", "onnxruntime>=1.20")


def engine_findings(pipelines: Sequence[Pipeline]) -> list[Finding]:
    """Both ways to Tesseract, the library in this process and the command, of which one must be there; and
    all other engines."""
    library, command, wrapper = ocr.probe_tesserocr(), ocr.probe_tesseract_command(), ocr.probe_pytesseract()
    linked = _linked_version() if library.found else None
    by_command = command.found and wrapper.found
    wanted = any(pipeline.reading.engine in _TESSERACT for pipeline in pipelines)
    lacking = wanted and not (linked or by_command)
    return [
        Finding(
            _("Tesseract library"),
            linked is not None,
            lacking,
            f"{linked}, tesserocr {library.version} ({library.path})" if linked else _("missing"),
            None if linked else pip_install("--force-reinstall", library.package),
            "reading",
        ),
        Finding(
            _("Tesseract command"),
            command.found,
            lacking,
            f"{command.version} ({command.path})" if command.found else _("missing"),
            None if command.found else pip_install("--force-reinstall", command.package),
            "reading",
        ),
        Finding(
            "pytesseract",
            wrapper.found,
            lacking,
            f"{wrapper.version} ({wrapper.path})" if wrapper.found else _("missing"),
            None if wrapper.found else pip_install(wrapper.package),
            "reading",
        ),
        *second_reader_findings(pipelines),
    ]


def second_reader_findings(pipelines: Sequence[Pipeline]) -> list[Finding]:
    """The engine that reads doubtful lines once more, and engines of others; needed where a pipeline asks."""
    wanted = {
        name for pipeline in pipelines for name in (pipeline.reading.engine, pipeline.reading.second_reader)
    }
    return [_second_reader("rapidocr" in wanted), *_foreign_engines(wanted)]


def _second_reader(needed: bool) -> Finding:
    title = _("Second reader")
    remedy = pip_install(*_SECOND_READER)
    if not (probe_rapidocr().found and probe_onnxruntime().found):
        detail = _("missing; it reads doubtful lines once more")
        return Finding(title, False, needed, detail, remedy, "reading")
    try:
        files = require_models()
        sums = network_hashes(files)
        detail = f"rapidocr {reader_version()}, " + ", ".join(
            f"{name} sha256 {value[:_HASH_DIGITS]}" for name, value in sorted(sums.items())
        )
    except EnvironmentLacking as error:
        remedy = pip_install("--force-reinstall", *_SECOND_READER)
        return Finding(title, False, needed, str(error), remedy, "reading")
    return Finding(title, True, needed, detail, None, "reading")


def _foreign_engines(wanted: set[str | None]) -> list[Finding]:
    """Those that other packages bring: whether they can be loaded at all."""
    return [_foreign_engine(point, point.name in wanted) for point in entry_points(group=ocr.ENTRY_POINTS)]


def _foreign_engine(point: EntryPoint, needed: bool) -> Finding:
    title = _("Engine %(name)s") % {"name": point.name}
    package = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
    try:
        point.load()
    except Exception as error:  # it is others' code
        detail = f"{package}: {str(error).partition(chr(10))[0] or type(error).__name__}"
        remedy = pip_install("--force-reinstall", point.dist.name if point.dist else point.module)
        return Finding(title, False, needed, detail, remedy, "reading")
    return Finding(title, True, needed, package, None, "reading")


def _linked_version() -> str | None:
    """The Tesseract inside tesserocr; None where it cannot be loaded."""
    try:
        version: str = importlib.import_module("tesserocr").tesseract_version()
    except (ImportError, OSError):
        return None
    return version.split()[1] if len(version.split()) > 1 else version


def language_findings(pipelines: Sequence[Pipeline]) -> list[Finding]:
    """The data of every language that a pipeline asks for, and those that tell which side is up."""
    reading = [pipeline.reading for pipeline in pipelines if pipeline.reading.engine in _TESSERACT]
    found: dict[tuple[Path, str], Finding] = {}
    for settings in reading:
        folder = _folder(settings)
        for name in (*settings.languages, ORIENTATION_DATA):
            found.setdefault((folder, name), _language(name, folder))
    return list(found.values())


def _folder(settings: ReadingSettings) -> Path:
    own = settings.options.get("language_data")
    return Path(own) if own else ocr.language_data_folder(_reachable(settings.languages))


def _reachable(languages: Iterable[str]) -> list[str]:
    """Those that lie somewhere: one that lies nowhere shall not hide where the others are."""
    return [name for name in languages if not ocr.missing_languages([name])]


def _language(name: str, folder: Path) -> Finding:
    title = _("Language data %(name)s") % {"name": name}
    sums = model_hashes([name], folder)
    if sums:
        detail = f"{folder / (name + SUFFIX)}, sha256 {sums[name][:_HASH_DIGITS]}"
        return Finding(title, True, True, detail, None, "reading")
    missing = _("missing in %(folder)s") % {"folder": folder}
    return Finding(title, False, True, missing, _how_to_get(name, folder), "reading")


def _how_to_get(name: str, folder: Path) -> str:
    if name in PIP_PACKAGES:
        return pip_install("--force-reinstall", PIP_PACKAGES[name])
    target = str(folder / (name + SUFFIX))
    return shlex.join(["curl", "--fail", "--location", "-o", target, f"{_DATA_ADDRESS}/{name}{SUFFIX}"])
