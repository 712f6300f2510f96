"""The networks that the package `rapidocr` brings: found, known by their hashes, and started.

They are PP-OCRv6 of PaddleOCR in its small size (Apache-2.0), 31 MB inside the package's wheel. Nothing is
ever fetched from elsewhere: where a file is missing, that is said.
"""

from __future__ import annotations

import hashlib
import importlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from dipro_scan.model import EnvironmentLacking
from dipro_scan.ocr.probe import probe_onnxruntime, probe_rapidocr
from dipro_scan.translation import _

DETECTION: Final = "PP-OCRv6_det_small"
RECOGNITION: Final = "PP-OCRv6_rec_small"
SUFFIX: Final = ".onnx"


def require_models(folder: Path | None = None) -> dict[str, Path]:
    """The files of both networks by name, in `folder` or in the installed package.

    Raises EnvironmentLacking where a package or a file is missing.
    """
    package = probe_rapidocr()
    if not probe_onnxruntime().found or (folder is None and package.path is None):
        raise EnvironmentLacking(
            _("The second reader is not installed; install it with: pip install “dipro-scan[second-reader]”.")
        )
    place = folder or _package_folder(package.path)
    files = {name: place / (name + SUFFIX) for name in (DETECTION, RECOGNITION)}
    missing = [file.name for file in files.values() if not file.is_file()]
    if missing:
        raise EnvironmentLacking(
            _("%(files)s: missing in %(folder)s; get it with: pip install --force-reinstall rapidocr.")
            % {"files": ", ".join(missing), "folder": place}
        )
    return files


def _package_folder(origin: Path | None) -> Path:
    return (origin.parent if origin else Path()) / "models"


@lru_cache(maxsize=8)
def _sha256(path: Path, _size: int, _changed_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def network_hashes(files: dict[str, Path]) -> dict[str, str]:
    """SHA-256 of each file, by name."""
    return {name: _sha256(path, path.stat().st_size, path.stat().st_mtime_ns) for name, path in files.items()}


def reader_version() -> str:
    """The versions of both packages: either can change what is read. Raises EnvironmentLacking."""
    return f"{probe_rapidocr().version or '?'}, onnxruntime {_runtime().__version__}"


def _runtime() -> Any:
    try:
        return importlib.import_module("onnxruntime")
    except (ImportError, OSError) as error:
        raise EnvironmentLacking(
            _("The second reader does not start: %(problem)s.") % {"problem": str(error).partition("\n")[0]}
        ) from error


def start_network(path: Path) -> Any:
    """An ONNX session on one thread of the processor, the same answer to the same pixels every time.

    Raises EnvironmentLacking where the runtime or the file is unusable.
    """
    runtime = _runtime()
    try:
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.use_deterministic_compute = True
        # Lines are of many lengths: an arena would keep the memory of the longest for good.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime's own errors share no base class
        raise EnvironmentLacking(
            _("The second reader cannot start with %(file)s: %(problem)s.")
            % {"file": path.name, "problem": str(error).partition("\n")[0]}
        ) from error
