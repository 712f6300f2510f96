"""What the writer is asked for: a document, its pages, and how each page gets its image."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dipro_scan.model import PageGeometry, PageText, StoredImage


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page. `load_image` is called when the page's turn comes, so that one image at a time is held.

    `text` lies in millimetres on the upright, straightened page, as `geometry` describes it.
    """

    load_image: Callable[[], StoredImage]
    geometry: PageGeometry
    text: PageText


@dataclass(frozen=True, slots=True)
class PdfJob:
    """A document to be written. The same job always gives the same bytes.

    `document_id` and `transfer_note` (the Transfervermerk as of filing) go into the metadata, `language`
    is a BCP 47 tag, `created` is aware and becomes every date in the file.
    """

    document_id: str
    title: str
    language: str
    created: dt.datetime
    producer: str
    transfer_note: dict[str, Any]
    pages: Sequence[PdfPage]
