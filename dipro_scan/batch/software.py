"""Which programs and models made a record: names, versions, hashes."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from dipro_scan import __version__
from dipro_scan.model import EngineIdentity

_PARTS = (
    "opencv-python-headless",
    "numpy",
    "pillow",
    "pikepdf",
    "pypdfium2",
    "tesserocr",
    "zxing-cpp",
)


@lru_cache(maxsize=1)
def library_versions() -> dict[str, str]:
    """The libraries whose version can change what a page becomes."""
    versions = {}
    for name in _PARTS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "absent"
    return versions


def software(engines: list[EngineIdentity]) -> list[dict[str, Any]]:
    """For the metadata: ourselves, the libraries, and each engine with the hashes of its models."""
    parts: list[dict[str, Any]] = [{"name": "dipro_scan", "version": __version__}]
    parts += [{"name": name, "version": number} for name, number in sorted(library_versions().items())]
    for engine in engines:
        part: dict[str, Any] = {
            "name": engine.name,
            "version": engine.version,
            "models": dict(sorted(engine.models.items())),
        }
        if engine.for_tests:
            part["for_tests"] = True
        parts.append(part)
    return parts
