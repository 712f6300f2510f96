"""Which document: a name that follows from the content of its pages and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from dipro_scan.model import ReadPage

_VERSION = b"dipro-scan document 1\n"


def document_id(pages: Sequence[ReadPage]) -> str:
    """32 hexadecimal digits, the same for the same page images in the same order, in whatever file.

    The first half of SHA-256 over the ordered `content_sha256`, each on a line, after a line that
    names this scheme and its version. Raises ValueError for no pages.
    """
    if not pages:
        raise ValueError("a document has at least one page")
    digest = hashlib.sha256(_VERSION)
    for page in pages:
        digest.update(page.reading.content_sha256.encode("ascii") + b"\n")
    return digest.hexdigest()[:32]
