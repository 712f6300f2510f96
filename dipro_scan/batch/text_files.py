"""The text files that are filed beside a record, written in a worker."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from dipro_scan.ocr.alto import alto_xml
from dipro_scan.ocr.hocr import hocr_html
from dipro_scan.ocr.search_text import Mend, search_text
from dipro_scan.ocr.text_pages import TextFacts, TextPage, plain_text
from dipro_scan.records import BesideFile
from dipro_scan.settings import FilesSettings

TEXT: Final = ("text", ".txt")
ALTO: Final = ("alto", ".alto.xml")
HOCR: Final = ("hocr", ".hocr.html")
SEARCH_TEXT: Final = ("search_text", ".suche.txt")
SEARCH_LOG: Final = ("search_log", ".suche.json")
"""Roles in the metadata's `files`, and endings."""


def write_text_files(
    target: Path, pages: tuple[TextPage, ...], facts: TextFacts, settings: FilesSettings
) -> tuple[BesideFile, ...]:
    """Writes what `settings` ask for beside `target`, a document's PDF. Raises OSError."""
    written = []

    def write(kind: tuple[str, str], parts: Iterable[str]) -> None:
        role, ending = kind
        path = target.with_suffix(ending)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(parts)
        written.append(BesideFile(role, ending, path))

    if settings.text:
        write(TEXT, plain_text(pages))
    if settings.alto:
        write(ALTO, alto_xml(pages, facts))
    if settings.hocr:
        write(HOCR, hocr_html(pages, facts))
    if settings.search_text:
        found = search_text([page.text for page in pages])
        write(SEARCH_TEXT, [found.text, "\n"])
        write(SEARCH_LOG, _log(found.mends))
    return tuple(written)


def _log(mends: Iterable[Mend]) -> Iterator[str]:
    """A JSON array, an entry a line."""
    lines = [json.dumps(_mend_json(mend), ensure_ascii=False) for mend in mends]
    yield "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def _mend_json(mend: Mend) -> dict[str, Any]:
    return {
        "page": mend.page,
        "box_mm": [round(edge, 2) + 0.0 for edge in mend.box],
        "before": mend.before,
        "after": mend.after,
        "rule": mend.rule,
    }
