"""Which files are filed beside the record."""

from __future__ import annotations

from dipro_scan.settings.base import Settings


class FilesSettings(Settings):
    """What is filed beside the PDF/A and its metadata, with the same name and another ending.

    `text`: plain text in reading order (`.txt`). `alto`: words with their places as ALTO 4 (`.alto.xml`).
    `hocr`: the same as hOCR (`.hocr.html`). `search_text`: the copy that is searched, and what was mended on
    it (`.suche.txt`, `.suche.json`).
    """

    text: bool = False
    alto: bool = False
    hocr: bool = False
    search_text: bool = False
