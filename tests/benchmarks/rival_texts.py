"""What rivals read on pages, kept: they are slow, and read the same today and tomorrow.

A text is kept under a hash of everything that bears on it: the bytes of the page, the rival's command, the
versions of its programs, the language data by hash, and how the page was put before it. Change any of these
and the page is read anew. No page's text depends on other pages of a stack, so each is kept by itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Protocol

import tesserocr
from contestants import OcrMyPdf, software_versions
from measuring import environment_for
from truth_pages import ASSUMED_DPI, TruthPage, in_stack_order, make_stack, sha256

BATCH_PAGES: Final = 14
"""Pages read in one go; what they read is kept before the next are begun."""

_BARE_PROGRAM: Final = Path(__file__).with_name("bare_tesseract.py")


class Rival(Protocol):
    """Something else that reads pages."""

    @property
    def name(self) -> str: ...

    @property
    def facts(self) -> dict[str, Any]:
        """All that bears on its texts but the pages; JSON values."""

    def read(self, pages: Sequence[TruthPage]) -> list[str]:
        """The text of each page. Raises measuring.CommandFailed or subprocess.CalledProcessError."""


@dataclass(frozen=True)
class OcrMyPdfTexts:
    """The text layer that OCRmyPDF makes, as PDFium extracts it."""

    program: OcrMyPdf
    language_data: dict[str, str]

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def facts(self) -> dict[str, Any]:
        asked = "from importlib.metadata import version; print(version('img2pdf'))"
        program, *options = replace(self.program, jobs=1).command(Path("stack.pdf"), Path("output"))
        return {
            "command": [Path(program).name, *options],
            "software": software_versions(self.program)["ocrmypdf"],
            "language_data": self.language_data,
            "img2pdf": self.program.said(str(self.program.python), "-c", asked).strip(),
            "assumed_dpi": ASSUMED_DPI,
            "pypdfium2": version("pypdfium2"),
        }

    def read(self, pages: Sequence[TruthPage]) -> list[str]:
        with tempfile.TemporaryDirectory(prefix=f"{self.name}-") as name:
            stack = Path(name) / "stack.pdf"
            ordered = in_stack_order(pages)
            make_stack(ordered, self.program.python, stack)
            self.program.run(stack, Path(name))
            texts = self.program.output(Path(name)).texts(len(ordered))
        by_path = {page.path: text for page, text in zip(ordered, texts, strict=True)}
        return [by_path[page.path] for page in pages]


@dataclass(frozen=True)
class BareTesseract:
    """tesserocr on pages as they are; see `bare_tesseract.py`."""

    languages: str
    language_data: dict[str, str]
    name: str = "tesseract"

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "program": sha256(_BARE_PROGRAM),
            "languages": self.languages,
            "language_data": self.language_data,
            "tesseract": tesserocr.tesseract_version().split("\n")[0],
            **{name: version(name) for name in ("tesserocr", "pillow", "pypdfium2")},
        }

    def read(self, pages: Sequence[TruthPage]) -> list[str]:
        command = [sys.executable, str(_BARE_PROGRAM), "--languages", self.languages]
        done = subprocess.run(
            [*command, *(str(page.path) for page in pages)],
            env=environment_for(OMP_THREAD_LIMIT="1"),
            stdout=subprocess.PIPE,
            check=True,
        )
        texts: dict[str, str] = json.loads(done.stdout)
        return [texts[str(page.path)] for page in pages]


def kept_texts(rival: Rival, pages: Sequence[TruthPage], folder: Path) -> list[str]:
    """The text of each page by `rival`: from `folder` where it is kept there, else read now and kept."""
    facts = rival.facts
    keys = [_key(facts, page) for page in pages]
    kept = {key: _kept(folder / rival.name, key) for key in keys}
    missing = {key: page for key, page in zip(keys, pages, strict=True) if kept[key] is None}
    for number, batch in enumerate(_batches(list(missing.items()))):
        done = f"{number * BATCH_PAGES} of {len(missing)}"
        print(f"{rival.name}: {done} pages read that were not kept", file=sys.stderr)
        for (key, page), text in zip(batch, rival.read([page for _key, page in batch]), strict=True):
            _keep(folder / rival.name, key, {"page": sha256(page.path), "facts": facts, "text": text})
            kept[key] = text
    return [kept[key] or "" for key in keys]


def _key(facts: dict[str, Any], page: TruthPage) -> str:
    told = json.dumps({"facts": facts, "page": sha256(page.path)}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _kept(folder: Path, key: str) -> str | None:
    path = folder / f"{key}.json"
    if not path.is_file():
        return None
    text: str = json.loads(path.read_text(encoding="utf-8"))["text"]
    return text


def _keep(folder: Path, key: str, entry: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # Renamed into place: a run that is stopped here leaves no half text behind.
    unfinished = folder / f"{key}.{os.getpid()}"
    unfinished.write_text(json.dumps(entry, ensure_ascii=False) + "\n", encoding="utf-8")
    unfinished.rename(folder / f"{key}.json")


def _batches(items: Sequence[tuple[str, TruthPage]]) -> Iterator[Sequence[tuple[str, TruthPage]]]:
    for begin in range(0, len(items), BATCH_PAGES):
        yield items[begin : begin + BATCH_PAGES]
